package dev.tidemark.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The arrows between the modules, as the design draws them.
class ModuleArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("dev.tidemark");

  @Test
  void dependenciesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("dev.tidemark..")
        .layer("cli")
        .definedBy("dev.tidemark.cli..")
        .layer("shipper")
        .definedBy("dev.tidemark.shipper..")
        .layer("restore")
        .definedBy("dev.tidemark.restore..")
        .layer("retention")
        .definedBy("dev.tidemark.retention..")
        .layer("store")
        .definedBy("dev.tidemark.store..")
        .layer("sqlite")
        .definedBy("dev.tidemark.sqlite..")
        .layer("ltx-format")
        .definedBy("dev.tidemark.ltx..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("shipper")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("restore")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("retention")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("store")
        .mayOnlyBeAccessedByLayers("cli", "shipper", "restore", "retention")
        .whereLayer("sqlite")
        .mayOnlyBeAccessedByLayers("cli", "shipper", "restore")
        .ensureAllClassesAreContainedInArchitecture()
        .withOptionalLayers(true)
        .check(CLASSES);
  }

  @Test
  void onlyOnePackageKnowsTheS3Client() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tidemark.store.s3..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLinePrintsOrExits() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.tidemark.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .check(CLASSES);
  }

  @Test
  void onlyMainExits() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.tidemark.cli.Main")
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }
}
