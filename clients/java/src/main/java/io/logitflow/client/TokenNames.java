package io.logitflow.client;

import io.logitflow.v1.DescribeModelResponse;
import java.util.List;

/**
 * A model's alphabet and the size of its objects: what it takes to check and read a row.
 *
 * @param names name of each token, by its id
 * @param separator stands between the tokens of an object in text
 * @param rowWidth S, the largest number of tokens of an object
 */
record TokenNames(List<String> names, String separator, int rowWidth) {
  private static final int LARGEST_OF_ONE_BYTE = 256;

  TokenNames {
    names = List.copyOf(names);
  }

  static TokenNames of(DescribeModelResponse model) {
    return new TokenNames(
        model.getVocabulary().getTokensList(),
        model.getVocabulary().getSeparator(),
        model.getEnvironment().getMaximumLength());
  }

  /** Returns the width of a token id on the wire. */
  int bytesPerToken() {
    return names.size() <= LARGEST_OF_ONE_BYTE ? 1 : 2;
  }
}
