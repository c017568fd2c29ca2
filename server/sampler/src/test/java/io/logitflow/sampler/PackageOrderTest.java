package io.logitflow.sampler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.logitflow.sampler",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class PackageOrderTest {
  @ArchTest
  static final ArchRule packagesUseWhatStandsLeftOfThem =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("onnx")
          .definedBy("..sampler.onnx..")
          .layer("bundle")
          .definedBy("..sampler.bundle")
          .layer("session")
          .definedBy("..sampler.session")
          .layer("sampling")
          .definedBy("..sampler.sampling")
          .layer("batching")
          .definedBy("..sampler.batching")
          .layer("scoring")
          .definedBy("..sampler.scoring")
          .whereLayer("onnx")
          .mayOnlyBeAccessedByLayers("bundle", "session")
          .whereLayer("session")
          .mayOnlyBeAccessedByLayers("sampling", "batching", "scoring")
          .whereLayer("sampling")
          .mayOnlyBeAccessedByLayers("batching", "scoring")
          .whereLayer("scoring")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("batching")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule onnxRuntimeStaysInTheSession =
      noClasses()
          .that()
          .resideOutsideOfPackage("..sampler.session")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule nothingCallsOverTheNetwork =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.grpc..");
}
