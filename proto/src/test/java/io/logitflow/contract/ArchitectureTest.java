package io.logitflow.contract;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the shared package may lean on. */
@AnalyzeClasses(packages = "io.logitflow.contract", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule CONTRACT_DEPENDS_ON_THE_JDK_ALONE =
      classes()
          .that()
          .resideInAPackage("io.logitflow.contract")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.jspecify..", "io.logitflow.contract");

  @ArchTest
  static final ArchRule COMMAND_DEPENDS_ON_PICOCLI_BESIDES =
      classes()
          .that()
          .resideInAPackage("io.logitflow.contract.command")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.jspecify..", "picocli..", "io.logitflow.contract..");
}
