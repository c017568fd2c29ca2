package io.logitflow.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.Problem;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Shrinkable;

class ConfigRoundTripTest {
  @Property(tries = 200, seed = "2")
  void yamlReadsBackToAnEqualConfig(@ForAll("configs") TrainerConfig config) {
    String yaml = ConfigLoader.toYaml(config);

    TrainerConfig read = ConfigLoader.parse("printed", yaml, List.of());

    assertThat(read).isEqualTo(config);
    assertThat(ConfigLoader.toYaml(read)).isEqualTo(yaml);
    assertThat(ConfigComparison.differences(config, read)).isEmpty();
  }

  @Property(tries = 50, seed = "3")
  void configsDifferExactlyWhereTheirRecordsDo(
      @ForAll("configs") TrainerConfig saved, @ForAll("configs") TrainerConfig wanted) {
    List<String> subjects =
        ConfigComparison.differences(saved, wanted).stream().map(Problem::subject).toList();

    assertThat(subjects.contains("seed")).isEqualTo(saved.seed() != wanted.seed());
    assertDiffer(subjects, "environment", saved.environment(), wanted.environment());
    assertDiffer(subjects, "log_reward", saved.logReward(), wanted.logReward());
    assertDiffer(subjects, "policy", saved.policy(), wanted.policy());
    assertDiffer(
        subjects,
        "training.objective",
        saved.training().objective(),
        wanted.training().objective());
    assertDiffer(subjects, "optimiser", saved.optimiser(), wanted.optimiser());
    assertDiffer(subjects, "evaluation", saved.evaluation(), wanted.evaluation());
    assertThat(subjects).doesNotContain("training.rounds");
  }

  /** A record that no config here has would be read back by no test. */
  @Example
  void configsOfEveryKindAreTried() {
    Set<Class<?>> declared = new HashSet<>();
    addDeclared(TrainerConfig.class, declared);
    Set<Class<?>> tried = new HashSet<>();
    configs().generator(200).stream(new Random(4))
        .limit(200)
        .map(Shrinkable::value)
        .forEach(config -> addPresent(config, tried));

    assertThat(declared).contains(BetaConfig.Annealed.class, OfflineConfig.class);
    assertThat(tried).isEqualTo(declared);
  }

  @Provide
  Arbitrary<TrainerConfig> configs() {
    return ConfigArbitraries.configs();
  }

  private static void assertDiffer(
      List<String> subjects, String section, Object saved, Object wanted) {
    assertThat(subjects.stream().anyMatch(subject -> subject.startsWith(section)))
        .as(section)
        .isEqualTo(!saved.equals(wanted));
  }

  private static void addDeclared(Type type, Set<Class<?>> records) {
    if (type instanceof ParameterizedType list) {
      addDeclared(list.getActualTypeArguments()[0], records);
    } else if (type instanceof Class<?> sealed && sealed.isSealed()) {
      for (Class<?> permitted : sealed.getPermittedSubclasses()) {
        addDeclared(permitted, records);
      }
    } else if (type instanceof Class<?> record && record.isRecord() && records.add(record)) {
      for (RecordComponent component : record.getRecordComponents()) {
        addDeclared(component.getGenericType(), records);
      }
    }
  }

  private static void addPresent(Object value, Set<Class<?>> records) {
    if (value instanceof List<?> list) {
      list.forEach(entry -> addPresent(entry, records));
    } else if (value instanceof Record record) {
      records.add(record.getClass());
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        try {
          Object part = component.getAccessor().invoke(record);
          if (part != null) {
            addPresent(part, records);
          }
        } catch (ReflectiveOperationException e) {
          throw new LinkageError("a record without its accessor", e);
        }
      }
    }
  }
}
