package io.logitflow.trainer.oracle;

import io.logitflow.trainer.config.EnvironmentConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The graph of an environment with states as text, one at a time, in the plainest way: a token is a
 * character from {@code '0'} on, a position without one {@code '_'}, and {@code '.'} behind an
 * object says that it is stopped.
 */
public interface PlainGraph {
  /** Returns the state that every trajectory starts in. */
  String root();

  /** Returns the children of a state by the action that leads to each. */
  Map<Integer, String> children(String state);

  /** Returns the tokens of the object that a terminal state is. */
  static List<Integer> object(String terminal) {
    return terminal.replace(".", "").chars().mapToObj(c -> c - '0').toList();
  }

  /** Returns the graph of an environment of at most ten tokens. */
  static PlainGraph of(EnvironmentConfig config) {
    if (config instanceof EnvironmentConfig.PrependAppend strings) {
      return prependAppend(strings.tokens().size(), strings.length());
    }
    if (config instanceof EnvironmentConfig.Autoregressive strings) {
      Integer minimum = strings.minimumLength();
      return autoregressive(
          strings.tokens().size(), minimum == null ? strings.length() : minimum, strings.length());
    }
    if (config instanceof EnvironmentConfig.Hypergrid grid) {
      return hypergrid(grid.dimensions(), grid.side());
    }
    if (config instanceof EnvironmentConfig.NonAutoregressive words) {
      return nonAutoregressive(words.tokens().size(), words.length());
    }
    throw new IllegalArgumentException("no plain graph of " + config);
  }

  private static PlainGraph prependAppend(int vocabulary, int length) {
    return graph(
        "",
        (state, children) -> {
          for (int token = 0; token < vocabulary && state.length() < length; token++) {
            children.put(token, state + token);
            if (!state.isEmpty()) {
              children.put(vocabulary + token, token + state);
            }
          }
        });
  }

  private static PlainGraph autoregressive(int vocabulary, int minimum, int length) {
    return graph(
        "",
        (state, children) -> {
          if (state.endsWith(".") || state.length() == length) {
            return;
          }
          for (int token = 0; token < vocabulary; token++) {
            children.put(token, state + token);
          }
          if (state.length() >= minimum) {
            children.put(vocabulary, state + ".");
          }
        });
  }

  private static PlainGraph hypergrid(int dimensions, int side) {
    return graph(
        "0".repeat(dimensions),
        (state, children) -> {
          if (state.endsWith(".")) {
            return;
          }
          for (int i = 0; i < dimensions; i++) {
            int coordinate = state.charAt(i) - '0';
            if (coordinate + 1 < side) {
              children.put(i, state.substring(0, i) + (coordinate + 1) + state.substring(i + 1));
            }
          }
          children.put(dimensions, state + ".");
        });
  }

  private static PlainGraph nonAutoregressive(int vocabulary, int length) {
    return graph(
        "_".repeat(length),
        (state, children) -> {
          for (int i = 0; i < length; i++) {
            for (int token = 0; token < vocabulary && state.charAt(i) == '_'; token++) {
              children.put(
                  i * vocabulary + token, state.substring(0, i) + token + state.substring(i + 1));
            }
          }
        });
  }

  private static PlainGraph graph(String root, Expansion expansion) {
    return new PlainGraph() {
      @Override
      public String root() {
        return root;
      }

      @Override
      public Map<Integer, String> children(String state) {
        Map<Integer, String> children = new TreeMap<>();
        expansion.expand(state, children);
        return children;
      }
    };
  }

  /** Puts the children of a state. */
  interface Expansion {
    void expand(String state, Map<Integer, String> children);
  }
}
