package io.logitflow.exporter;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

@AnalyzeClasses(packages = "io.logitflow.exporter", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule PACKAGES_STAND_IN_ORDER =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("io.logitflow.exporter..")
          .layer("graph")
          .definedBy("..exporter.graph..")
          .layer("tabulation")
          .definedBy("..exporter.tabulation..")
          .layer("lowering")
          .definedBy("..exporter.lowering..")
          .layer("bundle")
          .definedBy("..exporter.bundle..")
          .layer("parity")
          .definedBy("..exporter.parity..")
          .layer("benchmark")
          .definedBy("..exporter.benchmark..")
          .layer("inspection")
          .definedBy("..exporter.inspection..")
          .layer("command")
          .definedBy("..exporter.command..")
          .whereLayer("graph")
          .mayOnlyBeAccessedByLayers("lowering", "bundle", "parity", "benchmark", "command")
          .whereLayer("tabulation")
          .mayOnlyBeAccessedByLayers("lowering", "bundle", "command")
          .whereLayer("lowering")
          .mayOnlyBeAccessedByLayers("bundle", "parity", "benchmark", "command")
          .whereLayer("bundle")
          .mayOnlyBeAccessedByLayers("parity", "benchmark", "command")
          .whereLayer("parity")
          .mayOnlyBeAccessedByLayers("benchmark", "command")
          .whereLayer("benchmark")
          .mayOnlyBeAccessedByLayers("command")
          .whereLayer("inspection")
          .mayOnlyBeAccessedByLayers("command")
          .whereLayer("command")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule NOTHING_CALLS_GRPC =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("io.logitflow.exporter..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc..");

  @ArchTest
  static final ArchRule GRAPHS_KNOW_NO_MODEL =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage("..exporter.graph..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.logitflow.trainer..",
              "io.logitflow.sampler.bundle..",
              "io.logitflow.sampler.session..",
              "io.logitflow.sampler.sampling..",
              "io.logitflow.sampler.batching..",
              "io.logitflow.v1..");
}
