package io.logitflow.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory that appears under its name only when it is complete: it is written beside
 * its target under a hidden temporary name, synced and moved. Closed without {@link #publish}, it
 * leaves nothing behind; what a killed process left goes when the same output is staged again.
 */
public final class StagedOutput implements AutoCloseable {
  /** The output's own name, and the process that writes it. */
  private static final Pattern STAGING = Pattern.compile("\\.(.+)\\.(\\d+)\\.partial");

  private static final int LONGEST_PID = 18;

  private final Path target;
  private final Path staging;

  private StagedOutput(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
  }

  /**
   * Stages a directory, which must not exist yet.
   *
   * @param target where it will appear; missing parents are created
   * @return the staged, empty directory
   * @throws InvalidInputException if the target exists
   * @throws LogitFlowException if the disk refuses
   */
  public static StagedOutput directory(Path target) {
    requireAbsent(target);
    Path staging = temporaryBeside(target);
    try {
      Files.createDirectories(staging);
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(target, "be written", e);
    }
    return new StagedOutput(target, staging);
  }

  /**
   * Stages a file, which replaces one of that name on publication.
   *
   * @param target where it will appear; missing parents are created
   * @return the staged file, not created yet
   * @throws InvalidInputException if the target is a directory
   * @throws LogitFlowException if the disk refuses
   */
  public static StagedOutput file(Path target) {
    if (Files.isDirectory(target)) {
      throw new InvalidInputException(target.toString(), "a directory", "a file's name");
    }
    Path staging = temporaryBeside(target);
    try {
      Files.createDirectories(parentOf(staging));
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(target, "be written", e);
    }
    return new StagedOutput(target, staging);
  }

  /**
   * Refuses a directory or file that exists.
   *
   * @param target an output's name
   * @throws InvalidInputException if there is something of that name
   */
  public static void requireAbsent(Path target) {
    if (Files.exists(target)) {
      throw new InvalidInputException(
          target.toString(), "something of that name", "a name that is not taken");
    }
  }

  /** Returns where to write: the temporary directory or file. */
  public Path path() {
    return staging;
  }

  /**
   * Syncs what was written and moves it to its name.
   *
   * @throws LogitFlowException if the disk refuses, or a directory of that name has appeared
   */
  public void publish() {
    try {
      try (Stream<Path> tree = Files.walk(staging)) {
        for (Path path : (Iterable<Path>) tree::iterator) {
          sync(path);
        }
      }
      if (Files.isDirectory(staging) && Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      sync(parentOf(target));
    } catch (IOException | UncheckedIOException e) {
      throw LogitFlowException.ofDisk(target, "be written", e);
    }
  }

  /** Deletes what was not published. */
  @Override
  public void close() {
    deleteTree(staging);
  }

  /**
   * Deletes a file or a directory with all that is in it, if it is there.
   *
   * @param root what to delete
   * @throws LogitFlowException if the disk refuses
   */
  public static void deleteTree(Path root) {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(root, "be deleted", e);
    }
  }

  private static Path temporaryBeside(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    String name = String.valueOf(absolute.getFileName());
    deleteLeftovers(parentOf(absolute), name);
    return absolute.resolveSibling("." + name + "." + ProcessHandle.current().pid() + ".partial");
  }

  /**
   * Tells by its name whether a file or directory is an output that is being written, or was when
   * its process was killed.
   *
   * @param path a file or directory
   */
  public static boolean isStaging(Path path) {
    return STAGING.matcher(String.valueOf(path.getFileName())).matches();
  }

  /** Deletes what this process or one that is no longer alive has left of the same output. */
  private static void deleteLeftovers(Path parent, String name) {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Stream<Path> entries = Files.list(parent)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        Matcher staging = STAGING.matcher(String.valueOf(entry.getFileName()));
        if (staging.matches() && staging.group(1).equals(name) && isAbandoned(staging.group(2))) {
          deleteTree(entry);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw LogitFlowException.ofDisk(parent, "be read", e);
    }
  }

  private static boolean isAbandoned(String digits) {
    if (digits.length() > LONGEST_PID) {
      return false;
    }
    long pid = Long.parseLong(digits);
    return pid == ProcessHandle.current().pid()
        || ProcessHandle.of(pid).map(ProcessHandle::isAlive).isEmpty();
  }

  private static Path parentOf(Path path) {
    Path parent = path.toAbsolutePath().normalize().getParent();
    return parent == null ? path.toAbsolutePath().getRoot() : parent;
  }

  private static void sync(Path path) throws IOException {
    StandardOpenOption mode =
        Files.isDirectory(path) ? StandardOpenOption.READ : StandardOpenOption.WRITE;
    if (Files.isDirectory(path) && System.getProperty("os.name").startsWith("Windows")) {
      return; // Windows opens no directory as a channel.
    }
    try (FileChannel channel = FileChannel.open(path, mode)) {
      channel.force(true);
    }
  }
}
