package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What users give in files: {@code -} is the standard input, {@code .gz} is unpacked. */
final class Bodies {

    private Bodies() {}

    static InputStream open(String file) {
        try {
            if (file.equals("-")) {
                return System.in;
            }
            InputStream in = Files.newInputStream(Path.of(file));
            return file.endsWith(".gz") ? new GZIPInputStream(in) : in;
        } catch (NoSuchFileException e) {
            throw new CliException(ExitCode.USAGE, "there is no file " + file);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "cannot read " + file + ": " + e.getMessage());
        }
    }

    static JsonNode json(String file) {
        try (InputStream in = open(file)) {
            return Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new CliException(ExitCode.REFUSED, file + " is not JSON: " + Json.reason(e));
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "cannot read " + file + ": " + e.getMessage());
        }
    }

    static ObjectNode object(String file) {
        if (json(file) instanceof ObjectNode object) {
            return object;
        }
        throw new CliException(ExitCode.REFUSED, file + " does not hold a JSON object");
    }
}
