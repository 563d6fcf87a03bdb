package io.vectordb.cli.command;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.terminal.Console;
import io.vectordb.cli.terminal.Wrap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Prints hits for people: rank, score and what the passage is from, the passage, its source.
 *
 * <p>On a terminal the passage is wrapped; piped, it stands on one line, so that each hit has the same lines.
 */
final class Hits {

    private static final String INDENT = "    ";
    /** Shown in the head, the passage or the source of a hit, or of no use to people. */
    private static final Set<String> SHOWN = Set.of(
            "id",
            "accession",
            "ordinal",
            "document",
            "document_type",
            "cik",
            "company",
            "form",
            "period",
            "filed",
            "section",
            "char_start",
            "char_end",
            "text");

    private final Console console;

    Hits(Console console) {
        this.console = console;
    }

    void print(JsonNode hits) {
        int rank = 0;
        for (JsonNode hit : hits) {
            rank++;
            if (rank > 1) {
                console.print("");
            }
            print(rank, hit);
        }
    }

    private void print(int rank, JsonNode hit) {
        JsonNode fields = hit.path("fields");
        console.print(String.format(
                        Locale.ROOT, "%2d  %.4f  %s", rank, hit.path("score").asDouble(0), head(hit))
                .stripTrailing());
        String text = fields.path("text").asString("");
        String plain = text.replaceAll("\\s+", " ").strip();
        if (console.outIsTerminal()) {
            Wrap.lines(plain, console.width() - INDENT.length()).forEach(line -> console.print(INDENT + line));
        } else if (!plain.isEmpty()) {
            console.print(INDENT + plain);
        }
        console.print(INDENT + source(hit));
    }

    /** Company, form, period and section where they are known, then whatever else the record has. */
    private static String head(JsonNode hit) {
        JsonNode fields = hit.path("fields");
        List<String> parts = new ArrayList<>();
        for (String name : List.of("company", "form", "period")) {
            String value = Json.cell(fields.path(name));
            if (!value.isEmpty()) {
                parts.add(value);
            }
        }
        String section = Json.cell(fields.path("section"));
        if (!section.isEmpty()) {
            parts.add("section " + section);
        }
        fields.properties().forEach(each -> {
            if (!SHOWN.contains(each.getKey()) && !each.getValue().isArray()) {
                parts.add(each.getKey() + " " + Json.cell(each.getValue()).replaceAll("\\s+", " "));
            }
        });
        return String.join(" · ", parts);
    }

    /** Where the passage stands: accession number, document and ordinal; else the key of the record. */
    private static String source(JsonNode hit) {
        JsonNode fields = hit.path("fields");
        String accession = Json.cell(fields.path("accession"));
        String document = Json.cell(fields.path("document"));
        String ordinal = Json.cell(fields.path("ordinal"));
        return accession.isEmpty() || document.isEmpty() || ordinal.isEmpty()
                ? Json.cell(hit.path("key"))
                : accession + "/" + document + "#" + ordinal;
    }
}
