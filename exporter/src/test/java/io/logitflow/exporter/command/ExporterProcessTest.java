package io.logitflow.exporter.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.Sha256;
import io.logitflow.contract.command.Repository;
import io.logitflow.exporter.bundle.TrainedModel;
import io.logitflow.exporter.bundle.TrainedModel.ModelOrigin;
import io.logitflow.exporter.fixture.BundleFolder;
import io.logitflow.exporter.fixture.CheckpointFolder;
import io.logitflow.exporter.fixture.RandomModel;
import io.logitflow.exporter.graph.GraphBuilder;
import io.logitflow.exporter.graph.Value;
import io.logitflow.exporter.lowering.PolicyLowering;
import io.logitflow.sampler.bundle.Bundle;
import io.logitflow.sampler.onnx.ElementType;
import io.logitflow.sampler.onnx.Operator;
import io.logitflow.sampler.onnx.Shape;
import io.logitflow.trainer.config.ConditioningConfig.ScaleForm;
import io.logitflow.v1.Graph.Role;
import io.logitflow.v1.Tabulation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExporterProcessTest {
  private final TrainedModel model = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 41, 16);
  private final TrainedModel other = RandomModel.strings(4, 3, ScaleForm.POSITIVE, 42, 16);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  @Test
  void exportsACheckpointAndVerifiesTheBundle() {
    String checkpoint = CheckpointFolder.write(model, directory.resolve("run")).toString();
    String bundle = directory.resolve("bundle").toString();
    assertThat(run("export", "--checkpoint", checkpoint, "--out", bundle)).isZero();
    assertThat(out.toString())
        .startsWith(bundle + ": equal to the trainer in 4096 trajectories, ")
        .endsWith(
            bundle
                + ": rollout unrolled, 3 of 3 steps from tables by edge: 21 states in 2.8 kB"
                + System.lineSeparator())
        .satisfies(text -> assertThat(text.lines()).hasSize(2));
    assertThat(Bundle.open(Path.of(bundle)).manifest().getProvenance().getProducerVersion())
        .matches("\\d+\\.\\d+\\.\\d+.*");

    assertThat(run("verify", "--bundle", bundle, "--checkpoint", checkpoint)).isZero();
    assertThat(out.toString().lines().map(line -> line.substring(0, 19).strip()))
        .containsExactly(
            "ok   checksums",
            "ok   manifest",
            "ok   parity report",
            "ok   signatures",
            "ok   root",
            "ok   parity",
            "ok   rollout",
            "ok   score",
            "ok   decoding",
            "ok   sampling",
            "ok   sampling",
            "ok   sampling");

    assertThat(run("verify", "--bundle", bundle)).isZero();
    assertThat(out.toString())
        .contains("200000 objects at beta 1.0: p ", "at beta 2.0", "at beta 3.0")
        .doesNotContain("FAIL");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysWhatACalibrationFound() throws Exception {
    StringBuilder scores = new StringBuilder("object,score\n");
    for (int i = 0; i < 64; i++) {
      scores.append("ACGT".charAt(i / 16)).append("ACGT".charAt(i / 4 % 4));
      scores.append("ACGT".charAt(i % 4)).append(',').append((i + 1) / 64.0).append('\n');
    }
    Path table = Files.writeString(directory.resolve("scores.csv"), scores);
    TrainedModel scored =
        new TrainedModel(
            model.config(),
            model.configYaml(),
            model.parameters(),
            new ModelOrigin(1_000, model.origin().parametersSha256(), Sha256.of(table)));
    String checkpoint = CheckpointFolder.write(scored, directory.resolve("run")).toString();
    String bundle = out("bundle");
    String data = directory.toString();
    assertThat(run("export", "--checkpoint", checkpoint, "--out", bundle, "--data-dir", data))
        .isZero();

    List<String> lines = out.toString().lines().skip(2).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(2))
        .matches(
            Pattern.quote(bundle + ": at beta 3.0 trajectory balance leaves ")
                + "-?\\d+\\.\\d{3} \\+- \\d+\\.\\d{3} over 2,048 candidates; rank correlation of implied"
                + " and true log reward -?\\d\\.\\d{3}");

    assertThat(run("inspect", "--bundle", bundle)).isZero();
    assertThat(out.toString().lines())
        .containsAll(lines.stream().map(line -> line.substring(bundle.length() + 2)).toList());
  }

  @Test
  void exportsTheAveragedParametersAndVerifiesThem() {
    float[] average = other.parameters();
    String checkpoint =
        CheckpointFolder.write(
                RandomModel.averaging(model), Optional.of(average), directory.resolve("run"))
            .toString();
    String averaged = out("averaged");
    String last = out("last");
    assertThat(
            run("export", "--weights", "averaged", "--checkpoint", checkpoint, "--out", averaged))
        .isZero();
    assertThat(run("export", "--weights", "last", "--checkpoint", checkpoint, "--out", last))
        .isZero();
    assertThat(BundleFolder.parity(other, Path.of(averaged)).passed()).isTrue();
    assertThat(BundleFolder.parity(model, Path.of(last)).passed()).isTrue();
    for (String bundle : List.of(averaged, last)) {
      assertThat(run("verify", "--bundle", bundle, "--checkpoint", checkpoint)).isZero();
      assertThat(out.toString()).contains("ok   parity  ").doesNotContain("FAIL");
    }
  }

  @Test
  void refusesWeightsThatThereAreNot() {
    String checkpoint = CheckpointFolder.write(model, directory.resolve("run")).toString();
    String bundle = out("bundle");
    assertThat(run("export", "--weights", "averaged", "--checkpoint", checkpoint, "--out", bundle))
        .isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--weights: found averaged, expected last: the run keeps no average,"
                + " optimiser.average is not set");
    assertThat(run("export", "--weights", "best", "--checkpoint", checkpoint, "--out", bundle))
        .isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("--weights: found best, expected last|averaged");
    assertThat(Path.of(bundle)).doesNotExist();
  }

  @Test
  void tabulatesWithinTheBudget() {
    String checkpoint = CheckpointFolder.write(model, directory.resolve("run")).toString();
    Path bundle = directory.resolve("bundle");
    assertThat(export(checkpoint, bundle, "0")).isZero();
    assertThat(out.toString())
        .endsWith("rollout unrolled, nothing tabulated" + System.lineSeparator());
    assertThat(Bundle.open(bundle).manifest().getRollout().hasTabulation()).isFalse();

    Path small = directory.resolve("small");
    assertThat(export(checkpoint, small, "1KiB")).isZero();
    Tabulation tables = Bundle.open(small).manifest().getRollout().getTabulation();
    assertThat(tables.getLayout()).isEqualTo("state");
    assertThat(tables.getBytes()).isBetween(1L, 1_024L);
    assertThat(run("verify", "--bundle", small.toString(), "--checkpoint", checkpoint)).isZero();
  }

  @Test
  void exportsInTheFormThatIsAskedFor() {
    TrainedModel appending =
        RandomModel.of(
            "{type: autoregressive, tokens: [A, C], length: 5}",
            "{type: logit-scale, form: positive}",
            "uniform",
            "trajectory-balance",
            6);
    String checkpoint = CheckpointFolder.write(appending, directory.resolve("run")).toString();
    for (String form : List.of("unrolled", "incremental", "loop")) {
      String bundle = out(form);
      assertThat(
              run(
                  "export",
                  "--checkpoint",
                  checkpoint,
                  "--out",
                  bundle,
                  "--form",
                  form,
                  "--table-budget",
                  "0"))
          .isZero();
      assertThat(out.toString())
          .endsWith(
              "rollout "
                  + form
                  + ", nothing tabulated"
                  + (form.equals("loop") ? ": a loop reads no table" : "")
                  + System.lineSeparator());
      assertThat(Bundle.open(Path.of(bundle)).manifest().getRollout().getForm()).isEqualTo(form);
    }
    assertThat(run("export", "--checkpoint", checkpoint, "--out", out("fitting"))).isZero();
    assertThat(Bundle.open(directory.resolve("fitting")).manifest().getRollout().getForm())
        .isEqualTo("incremental");

    String prepending = CheckpointFolder.write(model, directory.resolve("other")).toString();
    assertThat(
            run("export", "--checkpoint", prepending, "--out", out("no"), "--form", "incremental"))
        .isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--form: found incremental, expected unrolled: only where steps append to a string and"
                + " the policy is an mlp without a window or a table can its first layer grow step"
                + " by step");
  }

  @Test
  void refusesALoopThatHasNothingToRepeatOrToLookUp() {
    String checkpoint = CheckpointFolder.write(model, directory.resolve("run")).toString();
    String[] looped = {"export", "--checkpoint", checkpoint, "--out", out("no"), "--form", "loop"};
    String[] tabulated = Arrays.copyOf(looped, looped.length + 2);
    tabulated[looped.length] = "--table-budget";
    tabulated[looped.length + 1] = "1MiB";
    assertThat(run(tabulated)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--table-budget: found 1048576 bytes, expected 0, since a loop reads no table");

    TrainedModel single = RandomModel.strings(4, 1, ScaleForm.POSITIVE, 31, 16);
    looped[2] = CheckpointFolder.write(single, directory.resolve("single")).toString();
    assertThat(run(looped)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--form: found loop, expected unrolled: a loop needs a second step, and an environment that"
                + " says how steps repeat");
    assertThat(directory.resolve("no")).doesNotExist();
  }

  @Test
  void refusesABudgetThatIsNoSize() {
    for (String budget : List.of("64MB", "-1", "", "1.5GiB", "99999999999")) {
      assertThat(export("run", directory.resolve("bundle"), budget)).isEqualTo(2);
      assertThat(err.toString())
          .isEqualToIgnoringNewLines(
              "--table-budget: found "
                  + (budget.isEmpty() ? "nothing" : budget)
                  + ", expected N[KiB|MiB|GiB]");
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesTablesWhereBetaEntersTheLayers() {
    TrainedModel layered =
        RandomModel.of(
            "{type: prepend-append, tokens: [A, C], length: 3}",
            "{type: layer, encoding: {type: raw}}",
            "uniform",
            "trajectory-balance",
            3);
    String checkpoint = CheckpointFolder.write(layered, directory.resolve("run")).toString();
    Path bundle = directory.resolve("bundle");
    assertThat(export(checkpoint, bundle, "1MiB")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--table-budget: found 1048576 bytes, expected 0, since beta enters the layers of this"
                + " model's policy: no table of logits serves every beta");
    assertThat(bundle).doesNotExist();
    assertThat(run("export", "--checkpoint", checkpoint, "--out", bundle.toString())).isZero();
    assertThat(out.toString())
        .endsWith("nothing tabulated: beta enters the policy's layers" + System.lineSeparator());
  }

  private int export(String checkpoint, Path bundle, String budget) {
    return run(
        "export", "--checkpoint", checkpoint, "--out", bundle.toString(), "--table-budget", budget);
  }

  @Test
  void exportsFewerBitsAndVerifiesThem() {
    TrainedModel deep = RandomModel.strings(4, 4, ScaleForm.POSITIVE, 41, 16, 16);
    String checkpoint = CheckpointFolder.write(deep, directory.resolve("run")).toString();
    String bundle = out("bundle");
    assertThat(
            run(
                "export",
                "--checkpoint",
                checkpoint,
                "--out",
                bundle,
                "--table-budget",
                "2000",
                "--precision",
                "int8"))
        .isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.get(0))
        .startsWith(bundle + ": equal to the trainer, but for P_F in int8, in 4096 trajectories");
    assertThat(lines.get(1)).contains(", 3 of 4 steps from tables by state");
    assertThat(lines.subList(2, lines.size()))
        .hasSize(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches(
                        ".*bundle: int8 in 1 of 4 steps: at beta [123]\\.0 total variation"
                            + " 0?\\.?[0-9.e-]+ exactly, bound 0\\.02"));
    assertThat(run("inspect", "--bundle", bundle)).isZero();
    assertThat(out.toString()).contains("  " + lines.get(2).substring(bundle.length() + 2));

    assertThat(run("verify", "--bundle", bundle)).isZero();
    assertThat(out.toString())
        .contains("200000 objects at beta 1.0: total variation ", "over 4", "ok   decoding")
        .doesNotContain("FAIL");
    assertThat(run("verify", "--bundle", bundle, "--checkpoint", checkpoint)).isZero();
    assertThat(out.toString())
        .contains("200000 objects at beta 1.0: p ", "ok   parity  ")
        .doesNotContain("FAIL");

    BundleFolder.write(
        RandomModel.strings(4, 4, ScaleForm.POSITIVE, 42, 16, 16), directory.resolve("other"));
    BundleFolder.replaceRollout(Path.of(bundle), directory.resolve("other"));
    assertThat(run("verify", "--bundle", bundle)).isEqualTo(1);
    assertThat(out.toString()).contains("FAIL sampling       200000 objects at beta 1.0");
  }

  @Test
  void refusesFewerBitsInOneLine() {
    String checkpoint = CheckpointFolder.write(model, directory.resolve("run")).toString();
    String[] export = {"export", "--checkpoint", checkpoint, "--out", out("bundle")};
    assertThat(run(with(export, "--precision", "int8"))).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--precision: found int8, expected fp32, since the policy has no two hidden layers,"
                + " whose product could be reduced");
    assertThat(run(with(export, "--divergence-bound", "0.1"))).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "--divergence-bound: found 0.1, expected nothing without --precision fp16 or int8");
    for (String bound : List.of("0", "1.5", "NaN", "-1")) {
      assertThat(run(with(export, "--precision", "fp16", "--divergence-bound", bound)))
          .isEqualTo(2);
      assertThat(err.toString())
          .isEqualToIgnoringNewLines(
              "--divergence-bound: found "
                  + Double.valueOf(bound)
                  + ", expected above 0, at most 1");
    }
    assertThat(directory.resolve("bundle")).doesNotExist();
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void refusesACheckpointThatIsNotThere() {
    Path missing = directory.resolve("missing");
    assertThat(run("export", "--checkpoint", missing.toString(), "--out", out("bundle")))
        .isEqualTo(2);
    assertThat(err.toString())
        .startsWith(missing + ": found no checkpoint, expected ")
        .satisfies(text -> assertThat(text.lines()).hasSize(1));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesAnOutputThatExists() {
    String checkpoint = CheckpointFolder.write(model, directory.resolve("run")).toString();
    assertThat(run("export", "--checkpoint", checkpoint, "--out", checkpoint)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            checkpoint + ": found something of that name, expected a name that is not taken");
  }

  @Test
  void refusesOptionsInOneLine() {
    assertThat(run("export", "--out", "x")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("--checkpoint: found nothing, expected DIR");
    assertThat(run("verify", "--bundle", "x", "--colour", "red")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--colour")
        .satisfies(text -> assertThat(text.lines()).hasSize(1));
  }

  @Test
  void refusesAnotherCheckpointThanTheBundles() {
    String run = CheckpointFolder.write(model, directory.resolve("run")).toString();
    String another = CheckpointFolder.write(other, directory.resolve("another")).toString();
    String bundle = out("bundle");
    assertThat(run("export", "--checkpoint", run, "--out", bundle)).isZero();
    assertThat(run("verify", "--bundle", bundle, "--checkpoint", another)).isEqualTo(2);
    assertThat(err.toString())
        .matches(
            "(?s)--checkpoint: found parameters with SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64},"
                + " which the bundle was exported from\\R");
    assertThat(out.toString().lines())
        .containsExactly("ok   checksums      7 files are what the manifest says");
  }

  @Test
  void findsTheRolloutOfAnotherModelBySampling() {
    Path bundle = BundleFolder.write(model, directory.resolve("bundle")).directory();
    BundleFolder.write(other, directory.resolve("other"));
    BundleFolder.replaceRollout(bundle, directory.resolve("other"));
    assertThat(run("verify", "--bundle", bundle.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "ok   checksums",
            "ok   parity report",
            "FAIL decoding",
            "FAIL sampling       200000 objects");
    assertThat(err.toString()).isEqualToIgnoringNewLines(bundle + ": 4 of 11 checks failed");
  }

  @Test
  void samplesNothingWhereObjectsAreTooManyToEnumerate() {
    TrainedModel large = RandomModel.strings(300, 3, ScaleForm.PAPER, 43, 4);
    Path bundle = BundleFolder.write(large, directory.resolve("bundle")).directory();
    assertThat(run("verify", "--bundle", bundle.toString())).isZero();
    assertThat(out.toString().lines().skip(4))
        .containsExactly(
            "ok   root           forward_logits, forward_scale, log_partition are finite in the"
                + " root at beta 3.0",
            "ok   rollout        256 valid objects drawn at beta 3.0",
            "ok   score          256 log-probabilities at beta 3.0 are finite",
            "ok   decoding       256 of 256 rows are those of the rollout at beta 3.0",
            "ok   sampling       not compared: the environment has more than 25000000 states");
  }

  @Test
  void runsEveryGraphWhereObjectsAreTooManyToEnumerate() {
    TrainedModel large = RandomModel.strings(300, 3, ScaleForm.PAPER, 43, 4);
    Path bundle = BundleFolder.write(large, directory.resolve("bundle")).directory();
    GraphBuilder scale = new GraphBuilder("scale", "N");
    Value beta = scale.input("beta", ElementType.FLOAT32, Shape.BATCH, 1);
    Value negative =
        scale.apply(Operator.SUB, beta, scale.constant("largest", Shape.of(), Float.MAX_VALUE));
    scale.output("forward_scale", scale.apply(Operator.LOG, negative));
    BundleFolder.replace(bundle, Role.SCALE, scale.build("test", new TreeMap<>()).file());
    assertThat(run("verify", "--bundle", bundle.toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains("FAIL root           forward_scale not finite in the root at beta 3.0");
    assertThat(err.toString()).isEqualToIgnoringNewLines(bundle + ": 1 of 9 checks failed");
  }

  @Test
  void refusesAGraphOfAnotherRole() {
    Path bundle = BundleFolder.write(model, directory.resolve("bundle")).directory();
    PolicyLowering lowering = RandomModel.lowering(model);
    BundleFolder.replace(bundle, Role.SCALE, lowering.logPartition().file());
    assertThat(run("verify", "--bundle", bundle.toString())).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            bundle.resolve("scale.onnx")
                + " outputs: found log_partition FLOAT32[*, 1],"
                + " expected forward_scale FLOAT32[*, 1], as the manifest says");
  }

  @Test
  void refusesGraphsThatTheManifestExchangesWithTheirSignatures() {
    Path bundle = BundleFolder.write(model, directory.resolve("bundle")).directory();
    BundleFolder.edit(
        bundle,
        manifest ->
            manifest
                .getGraphsBuilderList()
                .forEach(
                    graph -> {
                      if (graph.getRole() == Role.POLICY) {
                        graph.setRole(Role.SCALE);
                      } else if (graph.getRole() == Role.SCALE) {
                        graph.setRole(Role.POLICY);
                      }
                    }));
    assertThat(run("verify", "--bundle", bundle.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "manifest.json policy graph's inputs: found beta FLOAT32 [B, 1],"
                + " expected features FLOAT32 [B, 12]")
        .doesNotContain("a run failed");
  }

  @Test
  void refusesAManifestThatContradictsItsConfig() {
    Path bundle = BundleFolder.write(model, directory.resolve("bundle")).directory();
    BundleFolder.edit(bundle, manifest -> manifest.getTrainedBetaBuilder().setHigh(2));
    assertThat(run("verify", "--bundle", bundle.toString())).isEqualTo(2);
    assertThat(out.toString().lines())
        .containsExactly("ok   checksums      7 files are what the manifest says");
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "manifest.json trainedBeta.high: found 2.0, expected 3.0, as its config says");
  }

  @Test
  void refusesADamagedBundle() throws Exception {
    Path bundle = BundleFolder.write(model, directory.resolve("bundle")).directory();
    Files.write(bundle.resolve("scale.onnx"), new byte[3]);
    assertThat(run("verify", "--bundle", bundle.toString())).isEqualTo(2);
    assertThat(err.toString())
        .startsWith(bundle.resolve("scale.onnx") + ": found 3 bytes, expected ")
        .satisfies(text -> assertThat(text.lines()).hasSize(1));
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void refusesAGpuThatIsNotThereAndLeavesItsDocument() throws Exception {
    String bundle = BundleFolder.write(model, directory.resolve("bundle")).directory().toString();
    assertThat(run("verify", "--bundle", bundle, "--provider", "cuda")).isEqualTo(2);
    assertThat(err.toString()).satisfies(ExporterProcessTest::namesTheProvider);
    assertThat(out.toString()).isEmpty();

    Path documents = Files.createDirectory(directory.resolve("docs"));
    Path document = documents.resolve("gpu.md");
    Files.writeString(document, "as it was");
    System.setProperty(Repository.LAUNCHER, directory.resolve("logitflow").toString());
    try {
      assertThat(run("bench", "sample", "--provider", "cuda")).isEqualTo(2);
    } finally {
      System.clearProperty(Repository.LAUNCHER);
    }
    assertThat(err.toString()).satisfies(ExporterProcessTest::namesTheProvider);
    assertThat(out.toString()).isEmpty();
    assertThat(document).hasContent("as it was");
    assertThat(documents.toFile().list()).containsExactly("gpu.md");
  }

  private static void namesTheProvider(String text) {
    assertThat(text).startsWith("--provider: found cuda, ").contains(", expected cpu, or a ");
    isOneLine(text);
  }

  private static void isOneLine(String text) {
    assertThat(text.lines()).hasSize(1);
  }

  @Test
  void refusesFiguresThatCannotBeMeasuredOrWritten() throws Exception {
    assertThat(run("bench", "sample", "--block", "0")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines("--block: found 0.0, expected seconds above 0, to 60");
    Files.writeString(directory.resolve("file"), "no directory");
    assertThat(run("bench", "sample", "--json", out("file/figures.json"))).isNotZero();
    assertThat(err.toString()).startsWith(out("file")).satisfies(ExporterProcessTest::isOneLine);
  }

  private String out(String name) {
    return directory.resolve(name).toString();
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return ExporterProcess.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
