package io.logitflow.exporter.bundle;

import com.google.protobuf.ByteString;
import io.logitflow.contract.Sha256;
import io.logitflow.v1.BundleFile;

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
    return Sha256.of(contents.toByteArray());
  }
}
