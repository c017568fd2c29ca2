package io.logitflow.trainer.reward;

import io.logitflow.contract.InvalidInputException;
import io.logitflow.contract.LogitFlowException;
import io.logitflow.contract.Sha256;
import io.logitflow.trainer.environment.ObjectText;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** A Parquet file, read by DuckDB in this process. */
final class ParquetTable {
  private static final String SOURCE = " FROM read_parquet(?, binary_as_string = true)";

  private ParquetTable() {}

  /**
   * Reads columns of a file, as {@link TabularFile#read} does.
   *
   * @param file a file that is there
   * @param columns names of the columns wanted, text or numbers
   * @param rows takes each row in order
   * @return the SHA-256 of the file's bytes
   */
  static String read(Path file, List<String> columns, TabularFile.RowReader rows) {
    Properties settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("threads", "1");
    settings.setProperty("autoinstall_known_extensions", "false");
    try (Connection database = DriverManager.getConnection("jdbc:duckdb:", settings)) {
      TabularFile.positions(file.toString(), header(database, file), columns);
      readRows(database, file, columns, rows);
      return Sha256.of(file);
    } catch (SQLException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
      throw new InvalidInputException(
          file.toString(), "what cannot be read (" + reason + ")", "a Parquet file");
    } catch (IOException e) {
      throw LogitFlowException.ofDisk(file, "be read", e);
    }
  }

  private static List<String> header(Connection database, Path file) throws SQLException {
    try (PreparedStatement query = query(database, "*", " LIMIT 0", file);
        ResultSet nothing = query.executeQuery()) {
      ResultSetMetaData columns = nothing.getMetaData();
      List<String> header = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        header.add(columns.getColumnName(i));
      }
      return header;
    }
  }

  private static void readRows(
      Connection database, Path file, List<String> columns, TabularFile.RowReader rows)
      throws SQLException {
    String wanted =
        columns.stream()
            .map(column -> '"' + column.replace("\"", "\"\"") + '"')
            .collect(Collectors.joining(", "));
    RowFaults faults = new RowFaults(file);
    try (PreparedStatement query = query(database, wanted, "", file);
        ResultSet values = query.executeQuery()) {
      for (long row = 1; values.next(); row++) {
        String subject = file + ":" + row;
        try {
          rows.read(subject, fields(subject, values, columns));
        } catch (InvalidInputException e) {
          faults.add(e.problems());
        }
      }
    }
    faults.throwIfAny();
  }

  private static PreparedStatement query(
      Connection database, String columns, String limit, Path file) throws SQLException {
    PreparedStatement query = database.prepareStatement("SELECT " + columns + SOURCE + limit);
    // Brackets keep a name from being read as a pattern.
    query.setString(1, file.toAbsolutePath().toString().replaceAll("[*?\\[]", "[$0]"));
    return query;
  }

  private static List<String> fields(String subject, ResultSet values, List<String> columns)
      throws SQLException {
    List<String> fields = new ArrayList<>(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      Object value = values.getObject(i + 1);
      if (value == null) {
        throw new InvalidInputException(
            subject, "nothing in column " + ObjectText.shown(columns.get(i)), "a value");
      }
      // A float's own text is that of another double.
      fields.add(value instanceof Float number ? Double.toString(number) : value.toString());
    }
    return fields;
  }
}
