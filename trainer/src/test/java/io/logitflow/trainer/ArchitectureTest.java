package io.logitflow.trainer;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.Device;
import ai.djl.engine.Engine;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.logitflow.trainer.policy.TensorEngine;

/** The order of the packages, in which data flows: each may use what stands before it. */
@AnalyzeClasses(
    packages = "io.logitflow.trainer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesFollowTheFlowOfData =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("config")
          .definedBy("..trainer.config..")
          .layer("environment")
          .definedBy("..trainer.environment..")
          .layer("reward")
          .definedBy("..trainer.reward..")
          .layer("policy")
          .definedBy("..trainer.policy..")
          .layer("trajectory")
          .definedBy("..trainer.trajectory..")
          .layer("objective")
          .definedBy("..trainer.objective..")
          .layer("training")
          .definedBy("..trainer.training..")
          .layer("checkpoint")
          .definedBy("..trainer.checkpoint..")
          .layer("evaluation")
          .definedBy("..trainer.evaluation..")
          .layer("report")
          .definedBy("..trainer.report..")
          .layer("benchmark")
          .definedBy("..trainer.benchmark..")
          .layer("reproduction")
          .definedBy("..trainer.reproduction..")
          .layer("command")
          .definedBy("..trainer.command..")
          .whereLayer("config")
          .mayNotAccessAnyLayer()
          .whereLayer("environment")
          .mayOnlyAccessLayers("config")
          .whereLayer("reward")
          .mayOnlyAccessLayers("config", "environment")
          .whereLayer("policy")
          .mayOnlyAccessLayers("config", "environment")
          .whereLayer("trajectory")
          .mayOnlyAccessLayers("config", "environment", "policy")
          .whereLayer("objective")
          .mayOnlyAccessLayers("config", "environment", "policy", "trajectory")
          .whereLayer("training")
          .mayOnlyAccessLayers(
              "config", "environment", "reward", "policy", "trajectory", "objective")
          .whereLayer("checkpoint")
          .mayOnlyAccessLayers(
              "config", "environment", "reward", "policy", "trajectory", "objective", "training")
          .whereLayer("evaluation")
          .mayOnlyAccessLayers(
              "config", "environment", "reward", "policy", "trajectory", "training")
          .whereLayer("report")
          .mayOnlyAccessLayers("config", "environment", "training", "evaluation")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("reproduction", "command")
          .whereLayer("reproduction")
          .mayOnlyAccessLayers("config", "evaluation", "report")
          .whereLayer("reproduction")
          .mayOnlyBeAccessedByLayers("command")
          .whereLayer("benchmark")
          .mayOnlyAccessLayers(
              "config", "environment", "reward", "policy", "trajectory", "objective", "training")
          .whereLayer("benchmark")
          .mayOnlyBeAccessedByLayers("command")
          .whereLayer("command")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule onlyTheCommandStartsTheLoop =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..trainer.training..", "..trainer.benchmark..", "..trainer.command..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(".*\\.training\\.(TrainingLoop|Adam)");

  @ArchTest
  static final ArchRule noPackagesDependOnEachOtherInACircle =
      slices().matching("io.logitflow.trainer.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule everyClassLivesInAPackageOfTheDesign =
      classes()
          .should()
          .resideInAnyPackage(
              "..trainer.config..",
              "..trainer.environment..",
              "..trainer.reward..",
              "..trainer.policy..",
              "..trainer.trajectory..",
              "..trainer.objective..",
              "..trainer.training..",
              "..trainer.checkpoint..",
              "..trainer.evaluation..",
              "..trainer.report..",
              "..trainer.benchmark..",
              "..trainer.reproduction..",
              "..trainer.command..");

  @ArchTest
  static final ArchRule onlyTheLearningPackagesTouchTensors =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..trainer.policy..",
              "..trainer.trajectory..",
              "..trainer.objective..",
              "..trainer.training..",
              "..trainer.checkpoint..",
              "..trainer.benchmark..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule onlyTheEngineSaysWhereTensorsLive =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(TensorEngine.class.getName())
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Device.class)
          .orShould()
          .callMethodWhere(target(name("newBaseManager")))
          .orShould()
          .callMethod(Engine.class, "getEngine", String.class)
          .orShould()
          .callMethod(Engine.class, "getInstance");

  @ArchTest
  static final ArchRule onlyRewardsCallModelsAndServices =
      noClasses()
          .that()
          .resideOutsideOfPackage("..trainer.reward..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.grpc..", "ai.onnxruntime..");

  @ArchTest
  static final ArchRule onlyTheCommandLineParsesOptions =
      noClasses()
          .that()
          .resideOutsideOfPackage("..trainer.command..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "me.tongfei..");
}
