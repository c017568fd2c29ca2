package io.logitflow.service;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.logitflow.service",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class PackageOrderTest {
  @ArchTest
  static final ArchRule leavesTheModelToTheSampler =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnxruntime..", "ai.djl..", "io.logitflow.trainer..");

  @ArchTest
  static final ArchRule oneClassAloneKnowsTheTransport =
      noClasses()
          .that()
          .doNotHaveSimpleName("SamplingServer")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.grpc.netty..");
}
