package io.logitflow.command.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.LogitFlowException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "beta[12]: found 1.0, expected 2.0 | --beta: found 1.0, expected 2.0",
        "beta: found 2 values, expected one, since unique_count is set | --beta: found 2 values,"
            + " expected one, since --unique is set",
        "count: found 0, expected 1 to 5 | --count: found 0, expected 1 to 5",
        "constraint.allowed_at_position[1].position: found 9, expected 0 to 1, since"
            + " constraint.length is 2 | --allow-at-position POSITION: found 9, expected 0 to 1,"
            + " since --length is 2",
        "constraint.prefix[0]: found \"count\", expected one | --prefix: found \"count\", expected"
            + " one",
        "constraint: found no token that is allowed in step 0, expected at least one | the"
            + " constraints (--allow-at-step, --forbid, ...): found no token that is allowed in"
            + " step 0, expected at least one",
        "trajectories: found 1, expected 2 to 10000 | --trajectories: found 1, expected 2 to 10000",
        "counter: found 0, expected 1 | counter: found 0, expected 1",
        "the count: found 0, expected 1 | the count: found 0, expected 1",
        "count is odd | count is odd",
      })
  void namesTheOptionOfAFieldAndLeavesEverythingElse(String said, String shown) {
    LogitFlowException refusal = new LogitFlowException(Category.INVALID_INPUT, said);
    assertThat(OptionNames.in(refusal)).hasMessage(shown);
    assertThat(OptionNames.in(refusal).category()).isEqualTo(Category.INVALID_INPUT);
  }

  @Test
  void namesThemInEveryLine() {
    String said = "top_p: found 2.0, expected 1\ncount: found 0, expected 1";
    assertThat(OptionNames.in(new LogitFlowException(Category.INVALID_INPUT, said)))
        .hasMessage("--top-p: found 2.0, expected 1\n--count: found 0, expected 1");
  }

  @Test
  void leavesWhatIsNoFaultOfTheInput() {
    LogitFlowException failure =
        new LogitFlowException(Category.FAILED, "beta: found a, expected b");
    assertThat(OptionNames.in(failure)).isSameAs(failure);
  }
}
