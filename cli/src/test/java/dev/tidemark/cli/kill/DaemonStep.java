package dev.tidemark.cli.kill;

/// A point on the way of a commit at which a daemon is killed or stopped: the beginning of a method
/// of the product, or its end. Nothing in the product knows of this; a debugger finds the point.
enum DaemonStep {
  BEFORE_FRAMES_READ("shipper.CommitScan", "read", false),
  AFTER_FRAMES_READ("shipper.CommitScan", "read", true),
  BEFORE_SPOOL_APPEND("shipper.Spool", "append", false),
  AFTER_SPOOL_APPEND("shipper.Spool", "append", true),
  BEFORE_CURSOR_MOVED("shipper.Spool", "moveCursor", false),
  BEFORE_SPOOL_FLUSH("shipper.SpoolLog", "flush", false),
  AFTER_SPOOL_FLUSH("shipper.SpoolLog", "flush", true),
  BEFORE_WAL_SYNC("sqlite.SourceDatabase", "syncWal", false),
  AFTER_WAL_SYNC("sqlite.SourceDatabase", "syncWal", true),
  BEFORE_SPOOL_SYNC("shipper.SpoolLog", "sync", false),
  AFTER_SPOOL_SYNC("shipper.SpoolLog", "sync", true),
  BEFORE_TABLE_DESCRIBED("shipper.PageTable", "describe", false),
  AFTER_TABLE_DESCRIBED("shipper.PageTable", "describe", true),
  BEFORE_TABLE_FLUSH("shipper.DirtySums", "flush", false),
  AFTER_TABLE_FLUSH("shipper.DirtySums", "flush", true),
  BEFORE_OBJECT_MADE("shipper.Sealing", "make", false),
  AFTER_OBJECT_MADE("shipper.Sealing", "make", true),
  BEFORE_OBJECT_RENAMED("shipper.DiskFiles", "rename", false),
  AFTER_OBJECT_RENAMED("shipper.DiskFiles", "rename", true),
  AFTER_SEGMENT_TAKEN_OVER("shipper.Spool", "sealed", true),
  BEFORE_PUT_SENT("shipper.Uploader", "attempt", false),
  BEFORE_ANSWER_TO_PUT("store.LocalStore", "putIfAbsent", true),
  BEFORE_ANSWER_TO_S3_PUT("store.s3.S3Store", "putIfAbsent", true),
  BEFORE_BOUNDARY_READ("shipper.Uploader", "prove", false),
  AFTER_BOUNDARY_READ("shipper.Uploader", "prove", true),
  BEFORE_ANSWER_TAKEN("shipper.Delivery", "answered", false),
  AFTER_ANSWER_TAKEN("shipper.Delivery", "answered", true),
  BEFORE_STORED_RECORDED("shipper.LocalRecord", "write", false),
  AFTER_STORED_RECORDED("shipper.LocalRecord", "write", true),
  IN_RECORD_WRITTEN("shipper.DiskFiles", "replace", false),
  BEFORE_SPOOL_TRIMMED("shipper.Spool", "dropUpTo", false),
  AFTER_SPOOL_TRIMMED("shipper.Spool", "dropUpTo", true),
  BEFORE_LOG_EMPTIED("shipper.SpoolLog", "reset", false),
  AFTER_LOG_EMPTIED("shipper.SpoolLog", "reset", true),
  BEFORE_RECONCILED("shipper.Capture", "reconcile", false),
  AFTER_RECONCILED("shipper.Capture", "reconcile", true),
  BEFORE_RESYNC("shipper.Resync", "run", false),
  AFTER_DIFFERENCE_READ("shipper.ImageDiff", "take", true),
  AFTER_RESYNC("shipper.Resync", "run", true),
  BEFORE_PIN_SWAPPED("sqlite.OfdPin", "allowOneReset", false),
  AFTER_PIN_SWAPPED("sqlite.OfdPin", "allowOneReset", true),
  BEFORE_RESETS_BLOCKED("sqlite.OfdPin", "blockResets", false),
  AFTER_RESETS_BLOCKED("sqlite.OfdPin", "blockResets", true),
  AFTER_PIN_REFRESHED("sqlite.OfdPin", "refresh", true),
  BEFORE_SPOOL_RECOVERED("shipper.Spool", "recover", false),
  AFTER_SPOOL_RECOVERED("shipper.Spool", "recover", true),
  AFTER_LOOK_AT_BUCKET("shipper.Opening", "look", true),
  AFTER_START_CARRIED_OUT("shipper.Opening", "carryOut", true),
  BEFORE_ATTACHED("shipper.Shipping", "attach", false),
  AFTER_ATTACHED("shipper.Shipping", "attach", true);

  private final String type;
  private final String method;
  private final boolean atEnd;

  DaemonStep(String type, String method, boolean atEnd) {
    this.type = "dev.tidemark." + type;
    this.method = method;
    this.atEnd = atEnd;
  }

  /// What a round has to be like for a daemon to come to a step at all.
  enum Need {
    SYNCS,
    RESYNC,
    START,
    OFD_LOCKS,
    FOLDER,
    S3
  }

  boolean needs(Need need) {
    return switch (need) {
      case RESYNC -> type.endsWith(".Resync");
      case START ->
          type.endsWith(".Opening") || method.equals("recover") || method.equals("attach");
      case SYNCS -> method.equals("sync") || method.equals("syncWal");
      case OFD_LOCKS -> type.endsWith(".OfdPin");
      case FOLDER -> type.endsWith(".LocalStore");
      case S3 -> type.endsWith(".S3Store");
    };
  }

  String type() {
    return type;
  }

  String method() {
    return method;
  }

  /// Whether it is where the method returns, and not where it begins.
  boolean isAtEnd() {
    return atEnd;
  }
}
