package dev.heddle.it;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.stream.Stream;

/** The directions that the rooms of the house may look in. */
@AnalyzeClasses(
    packages = "dev.heddle",
    importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.NoTestJars.class})
class ArchitectureTest {
  /** Leaves other modules' tests out, when they are packed already. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String[] ENGINE = {
    "dev.heddle.runtime..",
    "dev.heddle.schedule..",
    "dev.heddle.model..",
    "dev.heddle.experts..",
    "dev.heddle.sample..",
    "dev.heddle.ops..",
    "dev.heddle.score..",
    "dev.heddle.cli.."
  };
  private static final String TEMPLATE = "dev.heddle.template..";
  private static final String STRUCTURED = "dev.heddle.structured..";
  private static final String FORMAT = "dev.heddle.format..";
  private static final String REGISTRY = "dev.heddle.registry..";
  private static final String APP = "dev.heddle.app..";

  @ArchTest
  static final ArchRule the_template_evaluator_knows_nobody =
      noClasses()
          .that()
          .resideInAPackage(TEMPLATE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(engineAnd(FORMAT, REGISTRY, APP, "org.springframework.."));

  @ArchTest
  static final ArchRule the_compiler_of_forms_knows_nobody =
      noClasses()
          .that()
          .resideInAPackage(STRUCTURED)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(engineAnd(TEMPLATE, FORMAT, REGISTRY, APP, "org.springframework.."));

  @ArchTest
  static final ArchRule the_engine_knows_no_forms =
      noClasses()
          .that()
          .resideInAnyPackage(engineAnd(FORMAT, REGISTRY))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(STRUCTURED);

  @ArchTest
  static final ArchRule model_format_knows_the_template_evaluator_alone =
      noClasses()
          .that()
          .resideInAPackage(FORMAT)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(engineAnd(REGISTRY, APP, "org.springframework..", "java.sql.."));

  @ArchTest
  static final ArchRule the_engine_knows_no_spring_no_sql_no_registry =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework..", "java.sql..", "javax.sql..", REGISTRY, APP);

  @ArchTest
  static final ArchRule the_registry_knows_no_http_and_no_engine =
      noClasses()
          .that()
          .resideInAPackage(REGISTRY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              engineAnd(
                  APP,
                  "org.springframework.http..",
                  "org.springframework.web..",
                  "java.net.http..",
                  "reactor.."));

  @ArchTest
  static final ArchRule the_expert_store_needs_no_database =
      noClasses()
          .that()
          .resideInAPackage("dev.heddle.registry.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.heddle.registry.db..",
              "dev.heddle.registry.postgres..",
              "java.sql..",
              "javax.sql..",
              "org.springframework..");

  @ArchTest
  static final ArchRule the_console_knows_what_a_client_knows =
      noClasses()
          .that()
          .resideInAPackage("dev.heddle.console..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(engineAnd(FORMAT, REGISTRY, APP, "java.sql..", "javax.sql.."));

  @ArchTest
  static final ArchRule sql_lives_in_the_registry =
      noClasses()
          .that()
          .resideOutsideOfPackage(REGISTRY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.sql..", "org.springframework.jdbc..", "org.postgresql..", "org.flywaydb..");

  @ArchTest
  static final ArchRule simd_lives_in_the_vector_backend =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.heddle.ops.vector..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule tornado_vm_is_known_to_its_backend_alone =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.heddle.tornado..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("uk.ac.manchester.tornado..");

  @ArchTest
  static final ArchRule the_engine_knows_no_command_line =
      noClasses()
          .that()
          .resideInAnyPackage(ENGINE)
          .and()
          .resideOutsideOfPackage("dev.heddle.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.heddle.cli..", "picocli..");

  @ArchTest
  static final ArchRule the_engine_knows_no_backend =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.heddle.ops",
              "dev.heddle.model..",
              "dev.heddle.experts..",
              "dev.heddle.schedule..",
              "dev.heddle.sample..",
              "dev.heddle.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.heddle.ops.reference..", "dev.heddle.ops.vector..", "dev.heddle.tornado..");

  @ArchTest
  static final ArchRule packages_of_the_engine_have_no_cycles =
      slices()
          .matching("dev.heddle.(ops|model|experts|schedule|sample|score|runtime|cli)..")
          .should()
          .beFreeOfCycles();

  @ArchTest
  static final ArchRule packages_of_the_app_have_no_cycles =
      slices().matching("dev.heddle.app.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packages_within_ops_have_no_cycles =
      slices().matching("dev.heddle.ops.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nothing_prints_to_the_console_but_the_command_line =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.heddle.cli..", "dev.heddle.app..")
          .should()
          .accessField(System.class, "out");

  private static String[] engineAnd(String... others) {
    return Stream.concat(Arrays.stream(ENGINE), Arrays.stream(others)).toArray(String[]::new);
  }
}
