package io.logitflow.sampler.bundle;

import io.logitflow.contract.Problem;
import io.logitflow.contract.Sha256;
import io.logitflow.v1.BundleFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The bytes of a bundle's file, as many as the manifest declares, whose checksum grows as they are
 * read. A file that changes meanwhile is found out by it: whoever reads to the end knows that what
 * was read is what was declared. Links are not followed.
 */
final class DeclaredBytes extends InputStream {
  private final Path path;
  private final BundleFile declared;
  private final InputStream input;
  private final MessageDigest digest = Sha256.newDigest();
  private long left;

  private DeclaredBytes(Path path, BundleFile declared, InputStream input) {
    this.path = path;
    this.declared = declared;
    this.input = input;
    this.left = declared.getSize();
  }

  /**
   * Returns what is wrong with a file before its first byte is read: no plain file, or of another
   * length than is declared.
   *
   * @throws IOException if the file's attributes cannot be read
   */
  static Optional<Problem> problemOf(Path path, BundleFile declared) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return problem(path, "a symbolic link", "a file of the bundle");
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return problem(
          path,
          Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? "no regular file" : "no such file",
          "a file of the bundle");
    }
    long size = Files.size(path);
    return size == declared.getSize()
        ? Optional.empty()
        : problem(
            path,
            size + " bytes",
            Long.toUnsignedString(declared.getSize()) + ", as the manifest says");
  }

  /**
   * Opens a file.
   *
   * @throws IOException if the system refuses
   */
  static DeclaredBytes open(Path path, BundleFile declared) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    return new DeclaredBytes(path, declared, Channels.newInputStream(channel));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = left == 0 ? -1 : input.read(bytes, offset, (int) Math.min(length, left));
    if (count > 0) {
      left -= count;
      digest.update(bytes, offset, count);
    }
    return count;
  }

  /**
   * Reads what is left into a buffer.
   *
   * @throws IOException if the bytes cannot be read
   */
  void readInto(ByteBuffer buffer) throws IOException {
    byte[] chunk = new byte[1 << 16];
    for (int count = read(chunk); count >= 0; count = read(chunk)) {
      buffer.put(chunk, 0, count);
    }
  }

  /**
   * Reads to the end, and returns what is wrong with all that was read.
   *
   * @throws IOException if the bytes cannot be read
   */
  Optional<Problem> finish() throws IOException {
    transferTo(OutputStream.nullOutputStream());
    String sha256 = Sha256.text(digest);
    return sha256.equals(declared.getSha256())
        ? Optional.empty()
        : problem(path, "SHA-256 " + sha256, declared.getSha256() + ", as the manifest says");
  }

  @Override
  public void close() throws IOException {
    input.close();
  }

  private static Optional<Problem> problem(Path path, String found, String expected) {
    return Optional.of(new Problem(path.toString(), found, expected));
  }
}
