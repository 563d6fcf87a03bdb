package io.vectordb.cli.load;

import io.vectordb.cli.rest.Json;
import io.vectordb.cli.rest.RestClient;
import io.vectordb.cli.terminal.CliException;
import io.vectordb.cli.terminal.ExitCode;
import io.vectordb.edgar.Filing;
import io.vectordb.edgar.FilingDocument;
import io.vectordb.edgar.Passage;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The collection of passages: its schema, and a passage as one of its records.
 *
 * <p>What a file does not say stays absent; of all fields only those are required that every file gives. The server
 * embeds the text.
 */
public final class FilingsCollection {

    private static final String MODEL = "all-minilm-l6-v2";
    private static final int DIMENSION = 384;

    private FilingsCollection() {}

    /** Creates the collection unless it exists; whether it was created. */
    static boolean ensure(RestClient client, String name) {
        try {
            client.get("/v1/collections/" + RestClient.encode(name));
            return false;
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.NOT_FOUND) {
                throw e;
            }
        }
        try {
            client.change("POST", "/v1/collections", Optional.of(request(name)));
            return true;
        } catch (CliException e) {
            if (e.exitCode() != ExitCode.CONFLICT) {
                throw e;
            }
            // Somebody else created it meanwhile.
            return false;
        }
    }

    /** The request that creates the collection. */
    public static ObjectNode request(String name) {
        ObjectNode request = Json.object().put("name", name);
        ObjectNode schema = request.putObject("schema").put("kind", "document").put("dynamic", "allow");
        schema.putArray("primary_key").add("id");
        ArrayNode fields = schema.putArray("fields");
        field(fields, "id", "keyword").put("description", "filing # document # ordinal of the passage");
        field(fields, "accession", "keyword");
        field(fields, "document", "keyword").put("not_null", true);
        field(fields, "document_type", "keyword");
        field(fields, "ordinal", "int32").put("not_null", true);
        for (String keyword : List.of("cik", "company", "form")) {
            field(fields, keyword, "keyword");
        }
        field(fields, "period", "date");
        field(fields, "filed", "date");
        field(fields, "section", "keyword");
        field(fields, "char_start", "int32").put("indexing", "not_indexed");
        field(fields, "char_end", "int32").put("indexing", "not_indexed");
        field(fields, "text", "text")
                .put("not_null", true)
                .putObject("text")
                .putObject("embed")
                .put("into", "text_vec")
                .put("model", MODEL);
        field(fields, "text_vec", "vector(" + DIMENSION + ")")
                .putObject("vector")
                .put("metric", "cosine")
                .put("quantization", "int8");
        return request;
    }

    private static ObjectNode field(ArrayNode fields, String name, String type) {
        return fields.addObject().put("name", name).put("type", type);
    }

    static ObjectNode record(Filing filing, FilingDocument document, Passage passage) {
        ObjectNode record = Json.object().put("id", filing.key(document, passage));
        put(record, "accession", filing.accession());
        record.put("document", document.name());
        put(record, "document_type", document.type());
        record.put("ordinal", passage.ordinal());
        put(record, "cik", filing.cik());
        put(record, "company", filing.company());
        put(record, "form", filing.form());
        put(record, "period", filing.period());
        put(record, "filed", filing.filed());
        put(record, "section", passage.section());
        record.put("char_start", passage.charStart());
        record.put("char_end", passage.charEnd());
        record.put("text", passage.text());
        return record;
    }

    private static void put(ObjectNode record, String name, @Nullable Object value) {
        if (value != null) {
            record.put(name, value.toString());
        }
    }
}
