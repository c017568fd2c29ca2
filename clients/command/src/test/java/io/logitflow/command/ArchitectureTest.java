package io.logitflow.command;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.logitflow.command", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule COMMANDS_STAND_ALONE_UNDER_THE_PROCESS =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("process")
          .definedBy("io.logitflow.command")
          .layer("sample")
          .definedBy("io.logitflow.command.sample")
          .layer("score")
          .definedBy("io.logitflow.command.score")
          .layer("quickstart")
          .definedBy("io.logitflow.command.quickstart")
          .layer("output")
          .definedBy("io.logitflow.command.output")
          .layer("csv")
          .definedBy("io.logitflow.command.csv")
          .whereLayer("process")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("sample")
          .mayOnlyBeAccessedByLayers("process")
          .whereLayer("score")
          .mayOnlyBeAccessedByLayers("process")
          .whereLayer("quickstart")
          .mayOnlyBeAccessedByLayers("process")
          .whereLayer("output")
          .mayOnlyBeAccessedByLayers("sample", "score")
          .whereLayer("csv")
          .mayOnlyBeAccessedByLayers("score", "quickstart");

  @ArchTest
  static final ArchRule THE_NETWORK_IS_THE_CLIENTS =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.grpc..");
}
