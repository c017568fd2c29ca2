package io.logitflow.trainer.reproduction;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.trainer.config.ConfigLoader;
import io.logitflow.trainer.config.LoadedConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An experiment: variants of one configuration that are trained from several seeds in each of its
 * parts, and the views of what they show. It is a directory with {@value #CONFIG}, which {@code
 * train} takes as it is, and {@value #DESCRIPTION}, which holds the rest.
 *
 * @param title what the page is called
 * @param introduction what a reader must know first, Markdown
 * @param parts settings in which variants are trained, at least one
 * @param variants what is compared
 * @param views tables and charts
 */
public record Experiment(
    String title, String introduction, List<Part> parts, List<Variant> variants, List<View> views) {
  /** The experiments that there are. */
  public static final List<String> NAMES =
      List.of("tfbind8-online", "tfbind8-offline", "hypergrid");

  /** Name of the configuration that the variants change. */
  public static final String CONFIG = "config.yaml";

  /** Name of the description. */
  public static final String DESCRIPTION = "experiment.yaml";

  private static final YAMLMapper YAML =
      YAMLMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * A setting in which variants are trained.
   *
   * @param name its name in files
   * @param title its name for readers
   * @param settings values over those of the configuration, as {@code train --set} takes them
   * @param without names of variants that it leaves out
   */
  public record Part(String name, String title, List<String> settings, List<String> without) {
    /** Replaces what a description leaves out. */
    public Part {
      without = without == null ? List.of() : without;
    }
  }

  /**
   * One way to do it.
   *
   * @param name its name in files
   * @param title its name for readers
   * @param config a configuration of its own, relative to the directory; else the experiment's
   * @param settings values over those of the part
   */
  public record Variant(
      String name, String title, @Nullable String config, List<String> settings) {}

  /**
   * One run of the experiment.
   *
   * @param part its part
   * @param variant its variant
   * @param seed its seed
   */
  public record Run(Part part, Variant variant, long seed) {
    /** Returns its name in files. */
    public String name() {
      return part.name() + "-" + variant.name() + "-seed-" + seed;
    }

    /**
     * Tells whether it is one of a variant in a part.
     *
     * @param of the part
     * @param by the variant
     */
    boolean isOf(Part of, Variant by) {
      return part.equals(of) && variant.equals(by);
    }

    /** Returns the name of its configuration in the experiment's directory. */
    public String config() {
      return variant.config() == null ? CONFIG : variant.config();
    }

    /** Returns all that it changes of its configuration, as {@code train --set} takes it. */
    public List<String> settings() {
      List<String> settings = new ArrayList<>(part.settings());
      settings.addAll(variant.settings());
      settings.add("seed=" + seed);
      return settings;
    }
  }

  /**
   * Reads an experiment.
   *
   * @param directory its directory
   * @throws InvalidInputException if the description is missing or not one
   * @throws LogitFlowException if the disk refuses
   */
  public static Experiment read(Path directory) {
    Path file = directory.resolve(DESCRIPTION);
    if (!Files.isRegularFile(file)) {
      throw new InvalidInputException(
          file.toString(), "no such file", "the description of an experiment");
    }
    try {
      return YAML.readValue(Files.readString(file), Experiment.class);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file.toString(),
          String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " "),
          "the description of an experiment");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  /**
   * Lists the runs: all parts, in each its variants, of each all seeds from 0 on.
   *
   * @param seeds how many
   */
  public List<Run> runs(int seeds) {
    List<Run> runs = new ArrayList<>();
    for (Part part : parts) {
      for (Variant variant : variantsOf(part)) {
        for (long seed = 0; seed < seeds; seed++) {
          runs.add(new Run(part, variant, seed));
        }
      }
    }
    return runs;
  }

  /**
   * Lists the variants that a part has.
   *
   * @param part one of the parts
   */
  List<Variant> variantsOf(Part part) {
    return variants.stream().filter(variant -> !part.without().contains(variant.name())).toList();
  }

  /**
   * Loads the configuration of a run.
   *
   * @param directory the experiment's directory
   * @param run one of its runs
   * @throws InvalidInputException with all faults of the configuration
   */
  public static LoadedConfig load(Path directory, Run run) {
    return ConfigLoader.load(directory.resolve(run.config()).normalize(), run.settings());
  }
}
