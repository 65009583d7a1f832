/// What runs inside `replicate`: the config file, the control socket and its client, the HTTP
/// endpoints, signals, the child process, and the daemon that ties them to the shipper. Used by the
/// commands only.
@NullMarked
package dev.tidemark.cli.daemon;

import org.jspecify.annotations.NullMarked;
