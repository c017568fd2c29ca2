package io.logitflow.trainer.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.RewardConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What docs/deploy says can be done: its files fit one another, and its commands are ours. */
class DeployFilesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path DEPLOY = ROOT.resolve("docs/deploy");
  private static final String CONFIG = "trainer/examples/tfbind8/tfbind8.yaml";
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

  @TempDir Path folder;

  @Test
  void theServiceHasNoAddressOfItsOwnAndIsInFrontOfTheDeployment() throws IOException {
    Map<String, JsonNode> kinds = documents("reward-service.yaml");
    JsonNode service = of(kinds, "Service").path("spec");
    JsonNode pods = of(kinds, "Deployment").path("spec");
    JsonNode container = pods.at("/template/spec/containers/0");

    assertThat(service.path("clusterIP").asText()).isEqualTo("None");
    assertThat(pods.at("/template/metadata/labels"))
        .isEqualTo(service.path("selector"))
        .isEqualTo(pods.at("/selector/matchLabels"));
    assertThat(service.at("/ports/0/targetPort")).isEqualTo(container.at("/ports/0/name"));
    assertThat(service.at("/ports/0/port")).isEqualTo(container.at("/ports/0/containerPort"));

    String name = of(kinds, "Service").at("/metadata/name").asText();
    RewardConfig.Grpc reward = rewardOfReadme();
    assertThat(reward.target()).isEqualTo("dns:///" + name + ":" + service.at("/ports/0/port"));
    assertThat(reward.concurrency()).isEqualTo(pods.path("replicas").asInt());
  }

  /** Returns the section that README.md of docs/deploy shows, in the config of the example. */
  private RewardConfig.Grpc rewardOfReadme() throws IOException {
    String example =
        Files.readString(ROOT.resolve("trainer/examples/reward-service/reward-service.yaml"));
    String rewardless = example.replaceFirst("(?m)^reward:\\n(?: +.*\\n)+", "");
    Path config =
        Files.writeString(
            folder.resolve("c.yaml"), rewardless + blocks("README.md", "yaml").get(0));
    return (RewardConfig.Grpc) ConfigLoader.load(config, List.of()).config().reward();
  }

  @Test
  void theJobHasAPodForEachLineOfTheSweep() throws IOException {
    JsonNode job = of(documents("sweep-job.yaml"), "Job").path("spec");
    JsonNode container = job.at("/template/spec/containers/0");
    List<String> command = new ArrayList<>();
    container.path("command").forEach(word -> command.add(word.asText()));

    assertThat(job.path("completionMode").asText()).isEqualTo("Indexed");
    assertThat(job.path("completions").asInt()).isEqualTo(sweep().size());
    assertThat(command)
        .startsWith("docs/deploy/run-line.sh", CONFIG, "docs/deploy/sweep.txt")
        .contains("$(JOB_COMPLETION_INDEX)")
        .hasSize(5);
    assertThat(ROOT.resolve(command.get(0))).isExecutable();
    assertThat(container.at("/volumeMounts/0/name"))
        .isEqualTo(job.at("/template/spec/volumes/0/name"));
  }

  @Test
  void everyLineOfTheSweepIsARunOfItsOwn() throws IOException {
    List<Object> configs = new ArrayList<>();
    for (String line : sweep()) {
      List<String> words = List.of(line.split(" ", -1));
      List<String> train = new ArrayList<>(List.of("train", "--config", CONFIG, "--out", "runs/0"));
      train.addAll(words);
      parse(train);
      List<String> settings = words.stream().filter(word -> !word.equals("--set")).toList();
      configs.add(ConfigLoader.load(ROOT.resolve(CONFIG), settings).config());
    }
    assertThat(configs).hasSizeGreaterThan(2).doesNotHaveDuplicates();
  }

  @Test
  void theScriptTrainsTheRunOfItsLine() throws Exception {
    // A copy, whose launcher says what it is asked for.
    Path script = folder.resolve("docs/deploy/run-line.sh");
    Files.createDirectories(script.getParent());
    Files.copy(DEPLOY.resolve("run-line.sh"), script);
    Path launcher =
        Files.writeString(folder.resolve("logitflow"), "#!/bin/sh\nprintf '%s\\n' \"$@\"");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));

    TrainerRun fifth = line(script, "4");
    assertThat(fifth.output().lines())
        .containsExactly(
            "train",
            "--config",
            CONFIG,
            "--out",
            folder + "/runs/4",
            "--resume",
            "--set",
            "seed=1",
            "--set",
            "policy.conditioning.type=layer");
    parse(fifth.output().lines().toList());

    assertThat(line(script, "6").status()).isEqualTo(2);
    assertThat(line(script, "04").status()).as("a number that Bash reads as octal").isEqualTo(2);
    assertThat(line(script, "6").error())
        .isEqualTo(DEPLOY.resolve("sweep.txt") + ": found no line 6, expected one of 0 to 5\n");

    Files.createDirectories(folder.resolve("runs/4"));
    Files.createFile(folder.resolve("runs/4/evaluation.json"));
    assertThat(line(script, "4")).isEqualTo(new TrainerRun(0, "", ""));
  }

  private TrainerRun line(Path script, String index) throws Exception {
    String[] command = {
      script.toString(), CONFIG, DEPLOY.resolve("sweep.txt").toString(), index, folder + "/runs"
    };
    return TrainerRun.of(folder, new ProcessBuilder(command));
  }

  @Test
  void theCommandsOfTheDocumentsAreOurs() throws IOException {
    List<String> shown = new ArrayList<>();
    for (String file : List.of("deploy/README.md", "deploy/gpu.md", "memory/README.md")) {
      shown.addAll(blocks("../" + file, "sh"));
    }
    String commands = String.join("", shown);
    for (String line : commands.lines().toList()) {
      if (line.startsWith("./logitflow ")) {
        parse(List.of(line.substring("./logitflow ".length()).split(" ", -1)));
      }
      if (line.startsWith("docs/memory/measure.sh ")) {
        List<String> words = List.of(line.split(" ", -1));
        List<String> train = new ArrayList<>(List.of("train", "--out", words.get(1)));
        train.addAll(words.subList(2, words.size()));
        CommandLine.ParseResult parsed = parse(train).subcommand();
        Path config = ROOT.resolve(parsed.<Path>matchedOptionValue("--config", Path.of("")));
        ConfigLoader.load(config, parsed.matchedOptionValue("--set", List.of()));
      }
      for (String word : line.split("[ ']", -1)) {
        if (word.startsWith("docs/") || word.startsWith("trainer/")) {
          assertThat(ROOT.resolve(word)).exists();
        }
      }
    }
    assertThat(commands)
        .contains("./logitflow compare ", "docs/deploy/run-line.sh ", "-Pgpu", "measure.sh ");
    assertThat(Files.readString(ROOT.resolve("pom.xml"))).contains("<id>gpu</id>");
  }

  private static CommandLine.ParseResult parse(List<String> arguments) {
    return TrainerProcess.commandLine().parseArgs(arguments.toArray(String[]::new));
  }

  private static List<String> sweep() throws IOException {
    return Files.readAllLines(DEPLOY.resolve("sweep.txt"));
  }

  private static List<String> blocks(String file, String language) throws IOException {
    return BLOCK
        .matcher(Files.readString(DEPLOY.resolve(file)))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  private static JsonNode of(Map<String, JsonNode> kinds, String kind) {
    return Objects.requireNonNull(kinds.get(kind), kind);
  }

  /** Returns the objects of a file by their kinds, each of which has a name. */
  private static Map<String, JsonNode> documents(String file) throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    try (MappingIterator<JsonNode> objects =
        yaml.readerFor(JsonNode.class).readValues(DEPLOY.resolve(file).toFile())) {
      Stream<JsonNode> all = objects.readAll().stream();
      Map<String, JsonNode> kinds =
          all.collect(
              Collectors.toMap(
                  object -> object.path("kind").asText(),
                  object -> object,
                  (one, other) -> one,
                  TreeMap::new));
      assertThat(kinds.values())
          .allSatisfy(
              object -> {
                assertThat(object.path("apiVersion").asText()).matches("(apps/|batch/)?v1");
                assertThat(object.at("/metadata/name").asText()).isNotEmpty();
              });
      return kinds;
    }
  }
}
