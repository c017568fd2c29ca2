package io.logitflow.exporter.bundle;

import com.google.protobuf.ByteString;
import io.logitflow.v1.BundleFile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a bundle's files. */
public final class Checksum {
  private Checksum() {}

  /**
   * Returns what the manifest says of a file.
   *
   * @param name its name
   * @param contents its bytes
   */
  public static BundleFile describe(String name, ByteString contents) {
    return BundleFile.newBuilder()
        .setName(name)
        .setSize(contents.size())
        .setSha256(sha256(contents))
        .build();
  }

  /**
   * Returns a checksum as 64 lower-case hexadecimal digits.
   *
   * @param contents any bytes
   */
  public static String sha256(ByteString contents) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(contents.asReadOnlyByteBuffer());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
