package io.logitflow.command.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitflow.client.DrawRule;
import io.logitflow.client.SampleQuery;
import io.logitflow.v1.AllowedAtPosition;
import io.logitflow.v1.AllowedAtStep;
import io.logitflow.v1.Constraint;
import io.logitflow.v1.Vocabulary;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DrawOptionsTest {
  private static final Vocabulary LETTERS =
      Vocabulary.newBuilder().addAllTokens(List.of("A", "C", "😀")).build();
  private static final Vocabulary WORDS =
      Vocabulary.newBuilder().addAllTokens(List.of("t1", "t2", "t3")).setSeparator("-").build();

  @Test
  void withoutOptionsNothingIsAsked() {
    DrawOptions options = parse();
    assertThat(options.leaveActionsToThePolicy()).isTrue();
    SampleQuery query =
        options.addTo(
            SampleQuery.of(1, 1f),
            () -> {
              throw new AssertionError("no token was named");
            });
    assertThat(query).isEqualTo(SampleQuery.of(1, 1f));
  }

  @Test
  void readsEveryOption() {
    DrawOptions options =
        parse(
            "--top-p=0.5",
            "--allow-at-step=2=A",
            "--allow-at-step=2=CA",
            "--allow-at-step=0=😀",
            "--allow-at-position",
            "1=C",
            "--prefix=AA",
            "--length=4",
            "--forbid=C",
            "--unique=7");
    assertThat(options.leaveActionsToThePolicy()).isFalse();
    DrawRule rule = options.addTo(SampleQuery.of(9, 1f), () -> LETTERS).rule();
    assertThat(rule.greedy()).isFalse();
    assertThat(rule.topP()).hasValue(0.5);
    assertThat(rule.unique()).hasValue(7);
    assertThat(rule.constraint())
        .contains(
            Constraint.newBuilder()
                .addAllowedAtStep(
                    AllowedAtStep.newBuilder().setStep(2).addTokens("A").addTokens("C"))
                .addAllowedAtStep(AllowedAtStep.newBuilder().setStep(0).addTokens("😀"))
                .addAllowedAtPosition(AllowedAtPosition.newBuilder().setPosition(1).addTokens("C"))
                .addPrefix("A")
                .addPrefix("A")
                .setLength(4)
                .addForbiddenTokens("C")
                .build());
    assertThat(parse("--greedy").addTo(SampleQuery.of(9, 1f), () -> LETTERS).rule().greedy())
        .isTrue();
    assertThat(parse("--unique=3").leaveActionsToThePolicy()).isTrue();
  }

  @Test
  void splitsTokensAsAnObjectIsWritten() {
    DrawRule rule = parse("--prefix=t1-t3").addTo(SampleQuery.of(9, 1f), () -> WORDS).rule();
    assertThat(rule.constraint())
        .contains(Constraint.newBuilder().addPrefix("t1").addPrefix("t3").build());
    DrawOptions empty = parse("--forbid=");
    assertThatThrownBy(() -> empty.addTo(SampleQuery.of(9, 1f), () -> WORDS))
        .hasMessage("--forbid: found nothing, expected at least one token");
  }

  private static DrawOptions parse(String... arguments) {
    DrawOptions options = new DrawOptions();
    new CommandLine(options).parseArgs(arguments);
    return options;
  }
}
