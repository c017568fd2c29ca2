package io.logitflow.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.logitflow.client", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule THE_CLIENT_KNOWS_THE_PROTOCOL_ALONE =
      classes()
          .that()
          .resideInAPackage("io.logitflow.client")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.logitflow.client",
              "io.logitflow.contract",
              "io.logitflow.v1",
              "com.google.protobuf..",
              "io.grpc..",
              "java..",
              "org.jspecify..");
}
