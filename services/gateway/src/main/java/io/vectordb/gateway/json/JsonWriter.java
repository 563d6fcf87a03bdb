package io.vectordb.gateway.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.vectordb.v1.Fields;
import io.vectordb.v1.GeoPoint;
import io.vectordb.v1.ListValue;
import io.vectordb.v1.MultiVector;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/**
 * Writes messages as JSON: what {@link JsonReader} reads, in its shortest forms. Numbers and lists are always written; false,
 * empty text, absent messages and members of a later stage without content are left out.
 *
 * <p>Streaming and thread-safe.
 */
public final class JsonWriter {

    /** Writes int64 as numbers. */
    public static final JsonWriter NUMBERS = new JsonWriter(false);
    /** Writes every int64, small ones too, as a string of digits. */
    public static final JsonWriter STRINGS = new JsonWriter(true);

    private final boolean int64AsString;

    private JsonWriter(boolean int64AsString) {
        this.int64AsString = int64AsString;
    }

    /** The message in UTF-8. */
    public byte[] write(Message message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = Json.generator(out)) {
            write(json, message);
        }
        return out.toByteArray();
    }

    /** The message as the generator's next value. */
    public void write(JsonGenerator json, Message message) {
        switch (message) {
            case Value value -> writeValue(json, value);
            case ListValue list -> writeList(json, list);
            case Fields fields -> writeFields(json, fields);
            case RecordKey key -> writeKey(json, key);
            case Vector vector -> writeVector(json, vector);
            case Duration duration -> json.writeString(Durations.format(duration));
            case Timestamp timestamp -> json.writeString(Durations.format(timestamp));
            default -> {
                json.writeStartObject();
                writeMembers(json, message, "");
                json.writeEndObject();
            }
        }
    }

    /** The members of a message into the generator's object, all but the one called {@code except}. */
    public void writeMembers(JsonGenerator json, Message message, String except) {
        for (MemberPlan member : MemberPlan.of(message.getDescriptorForType())) {
            if (member.isWritten(message) && !member.field().getName().equals(except)) {
                json.writeName(member.name());
                writeMember(json, member.field(), message.getField(member.field()));
            }
        }
    }

    private void writeMember(JsonGenerator json, FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            writeMap(json, field.getMessageType().findFieldByNumber(2), (List<?>) value);
        } else if (field.isRepeated()) {
            json.writeStartArray();
            for (Object element : (List<?>) value) {
                writeSingle(json, field, element);
            }
            json.writeEndArray();
        } else {
            writeSingle(json, field, value);
        }
    }

    private void writeMap(JsonGenerator json, FieldDescriptor valueField, List<?> entries) {
        json.writeStartObject();
        for (Object each : entries) {
            MapEntry<?, ?> entry = (MapEntry<?, ?>) each;
            json.writeName(entry.getKey().toString());
            writeSingle(json, valueField, entry.getValue());
        }
        json.writeEndObject();
    }

    private void writeSingle(JsonGenerator json, FieldDescriptor field, Object value) {
        switch (value) {
            case Message message -> write(json, message);
            case String text -> json.writeString(text);
            case Long number -> writeLong(json, number);
            case Integer number -> json.writeNumber(isUnsigned(field) ? Integer.toUnsignedLong(number) : number);
            case Double number -> writeDouble(json, number);
            case Float number -> writeFloat(json, number);
            case Boolean bool -> json.writeBoolean(bool);
            case EnumValueDescriptor constant ->
                json.writeString(EnumNames.of(field.getEnumType()).name(constant));
            case ByteString bytes -> writeBytes(json, bytes);
            default -> throw new IllegalArgumentException("not a field's value: " + value.getClass());
        }
    }

    private static boolean isUnsigned(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.UINT32;
    }

    private void writeValue(JsonGenerator json, Value value) {
        switch (value.getKindCase()) {
            case NULL_VALUE, KIND_NOT_SET -> json.writeNull();
            case BOOL_VALUE -> json.writeBoolean(value.getBoolValue());
            case INT_VALUE -> writeLong(json, value.getIntValue());
            case FLOAT_VALUE -> writeDouble(json, value.getFloatValue());
            case STRING_VALUE -> json.writeString(value.getStringValue());
            case DECIMAL_VALUE -> json.writeString(value.getDecimalValue());
            case DATE_VALUE -> json.writeString(value.getDateValue());
            case TIMESTAMP_VALUE -> json.writeString(Durations.format(value.getTimestampValue()));
            case LIST_VALUE -> writeList(json, value.getListValue());
            case OBJECT_VALUE -> writeFields(json, value.getObjectValue());
            case GEO_VALUE -> writeGeo(json, value.getGeoValue());
            case VECTOR_VALUE -> writeVector(json, value.getVectorValue());
            case BYTES_VALUE -> writeBytes(json, value.getBytesValue());
        }
    }

    private void writeList(JsonGenerator json, ListValue list) {
        json.writeStartArray();
        for (Value item : list.getItemsList()) {
            writeValue(json, item);
        }
        json.writeEndArray();
    }

    private void writeFields(JsonGenerator json, Fields fields) {
        json.writeStartObject();
        for (Map.Entry<String, Value> field : fields.getValuesMap().entrySet()) {
            json.writeName(field.getKey());
            writeValue(json, field.getValue());
        }
        json.writeEndObject();
    }

    private void writeKey(JsonGenerator json, RecordKey key) {
        switch (key.getKeyCase()) {
            case STRING_KEY -> json.writeString(key.getStringKey());
            case INT_KEY -> writeLong(json, key.getIntKey());
            case COMPOSITE -> writeList(json, key.getComposite());
            case KEY_NOT_SET -> json.writeNull();
        }
    }

    private void writeVector(JsonGenerator json, Vector vector) {
        switch (vector.getEncodingCase()) {
            case FLOATS ->
                writeFloats(
                        json,
                        vector.getFloats().getValuesList(),
                        0,
                        vector.getFloats().getValuesCount());
            case MULTI -> writeMulti(json, vector.getMulti());
            case FLOAT32_LE, SPARSE, FLOAT16_LE, INT8, BITS, ENCODING_NOT_SET -> {
                json.writeStartObject();
                writeMembers(json, vector, "");
                json.writeEndObject();
            }
        }
    }

    private static void writeFloats(JsonGenerator json, List<Float> values, int from, int to) {
        json.writeStartArray();
        for (int i = from; i < to; i++) {
            writeFloat(json, values.get(i));
        }
        json.writeEndArray();
    }

    private void writeMulti(JsonGenerator json, MultiVector multi) {
        int dim = multi.getDim();
        if (dim <= 0 || multi.getValuesCount() == 0 || multi.getValuesCount() % dim != 0) {
            json.writeStartObject();
            json.writeName("multi");
            write(json, multi);
            json.writeEndObject();
            return;
        }
        json.writeStartArray();
        for (int row = 0; row < multi.getValuesCount(); row += dim) {
            writeFloats(json, multi.getValuesList(), row, row + dim);
        }
        json.writeEndArray();
    }

    private static void writeGeo(JsonGenerator json, GeoPoint point) {
        json.writeStartObject();
        json.writeName("lat");
        writeDouble(json, point.getLat());
        json.writeName("lon");
        writeDouble(json, point.getLon());
        json.writeEndObject();
    }

    private void writeLong(JsonGenerator json, long number) {
        if (int64AsString) {
            json.writeString(Long.toString(number));
        } else {
            json.writeNumber(number);
        }
    }

    /** JSON has no word for NaN and infinity, and what we store is finite: null, should it ever come to it. */
    private static void writeDouble(JsonGenerator json, double number) {
        if (Double.isFinite(number)) {
            json.writeNumber(Double.toString(number));
        } else {
            json.writeNull();
        }
    }

    private static void writeFloat(JsonGenerator json, float number) {
        if (Float.isFinite(number)) {
            json.writeNumber(Float.toString(number));
        } else {
            json.writeNull();
        }
    }

    private static void writeBytes(JsonGenerator json, ByteString bytes) {
        json.writeString(Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
}
