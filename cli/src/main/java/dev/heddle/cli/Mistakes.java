package dev.heddle.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, and what was probably meant. */
final class Mistakes {
  private static final List<String> STARTS = List.of("serve", "demo");

  private Mistakes() {}

  static String told(ParameterException mistake) {
    if (!(mistake instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(mistake.getMessage());
    }
    CommandLine command = mistake.getCommandLine();
    String word = unmatched.getUnmatched().getFirst().replaceFirst("=.*", "");
    if (word.startsWith("-")) {
      return "there is no option " + word + meant(word, options(command));
    }
    return command.getSubcommands().isEmpty()
        ? "'" + word + "' is one argument too many"
        : "there is no command '" + word + "'" + meant(word, commands(command));
  }

  private static String meant(String word, List<String> known) {
    return NearestName.to(word, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  private static List<String> options(CommandLine command) {
    return command.getCommandSpec().options().stream().map(option -> option.longestName()).toList();
  }

  private static List<String> commands(CommandLine command) {
    List<String> names = new ArrayList<>(command.getSubcommands().keySet());
    if (command.getParent() == null) {
      names.addAll(STARTS);
    }
    return names;
  }
}
