package io.vectordb.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Duration;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import io.vectordb.v1.Floats;
import io.vectordb.v1.MultiVector;
import io.vectordb.v1.RecordKey;
import io.vectordb.v1.Value;
import io.vectordb.v1.Vector;
import java.util.List;
import java.util.Random;

/** Messages of any type at random. Values are of the kinds that JSON tells apart by themselves. */
public final class RandomMessages {

    private static final int DEPTH = 5;

    private final Random random;

    public RandomMessages(Random random) {
        this.random = random;
    }

    public Random random() {
        return random;
    }

    public Message fill(Message.Builder target) {
        return fill(target, 0);
    }

    private Message fill(Message.Builder target, int depth) {
        switch (target) {
            case Value.Builder value -> fillValue(value, depth);
            case RecordKey.Builder key -> fillKey(key, depth);
            case Vector.Builder vector -> fillVector(vector);
            case Duration.Builder duration ->
                duration.setSeconds(random.nextInt(10_000)).setNanos(nanos());
            case Timestamp.Builder time -> time.setSeconds(random.nextInt()).setNanos(nanos());
            default -> target.getDescriptorForType().getFields().forEach(field -> fillField(target, field, depth));
        }
        return target.build();
    }

    private int nanos() {
        return random.nextInt(1_000_000) * 1_000;
    }

    private void fillField(Message.Builder target, FieldDescriptor field, int depth) {
        boolean message = field.getJavaType() == JavaType.MESSAGE;
        if (message && depth >= DEPTH || random.nextInt(3) == 0) {
            return;
        }
        if (field.getRealContainingOneof() != null && target.hasOneof(field.getRealContainingOneof())) {
            return;
        }
        if (field.isMapField()) {
            for (int i = random.nextInt(3); i > 0; i--) {
                MapEntry.Builder<?, ?> entry = (MapEntry.Builder<?, ?>) target.newBuilderForField(field);
                FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
                entry.setField(field.getMessageType().findFieldByNumber(1), "m" + i + text());
                entry.setField(
                        value,
                        value.getJavaType() == JavaType.MESSAGE
                                ? fill(entry.newBuilderForField(value), depth + 1)
                                : scalar(value));
                target.addRepeatedField(field, entry.build());
            }
        } else if (field.isRepeated()) {
            for (int i = random.nextInt(4); i > 0; i--) {
                target.addRepeatedField(field, single(target, field, depth));
            }
        } else {
            target.setField(field, single(target, field, depth));
        }
    }

    private Object single(Message.Builder target, FieldDescriptor field, int depth) {
        return field.getJavaType() == JavaType.MESSAGE
                ? fill(target.newBuilderForField(field), depth + 1)
                : scalar(field);
    }

    private Object scalar(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> random.nextInt();
            case LONG -> number();
            case FLOAT -> component();
            case DOUBLE -> finite();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> text();
            case BYTE_STRING -> ByteString.copyFromUtf8(text());
            case ENUM -> constant(field.getEnumType().getValues());
            case MESSAGE -> throw new IllegalArgumentException();
        };
    }

    private EnumValueDescriptor constant(List<EnumValueDescriptor> values) {
        return values.get(random.nextInt(values.size()));
    }

    private long number() {
        return random.nextLong() >> random.nextInt(64);
    }

    private double finite() {
        double value = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(value) ? value : random.nextGaussian();
    }

    private float component() {
        float value = Float.intBitsToFloat(random.nextInt());
        return Float.isFinite(value) ? value : random.nextFloat();
    }

    public String text() {
        int length = random.nextInt(8);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int codePoint = switch (random.nextInt(6)) {
                case 0 -> random.nextInt(0x20);
                case 1 -> 0x1F600 + random.nextInt(50);
                case 2 -> 0x4E00 + random.nextInt(200);
                case 3 -> "\"\\/.{}[]".charAt(random.nextInt(8));
                default -> 'a' + random.nextInt(26);
            };
            text.appendCodePoint(codePoint);
        }
        return text.toString();
    }

    private void fillValue(Value.Builder value, int depth) {
        switch (random.nextInt(depth >= DEPTH ? 4 : 6)) {
            case 0 -> value.setNullValue(NullValue.NULL_VALUE);
            case 1 -> value.setBoolValue(random.nextBoolean());
            case 2 -> value.setIntValue(number());
            case 3 -> value.setStringValue(text());
            case 4 -> fill(value.getListValueBuilder(), depth + 1);
            default -> fill(value.getObjectValueBuilder(), depth + 1);
        }
    }

    private void fillKey(RecordKey.Builder key, int depth) {
        switch (random.nextInt(3)) {
            case 0 -> key.setIntKey(number());
            case 1 -> key.setStringKey(text());
            default -> fill(key.getCompositeBuilder(), depth + 1);
        }
    }

    private void fillVector(Vector.Builder vector) {
        int count = random.nextInt(5);
        switch (random.nextInt(4)) {
            case 0 -> vector.setFloat32Le(ByteString.copyFrom(new byte[4 * count]));
            case 1 -> vector.getSparseBuilder().addIndices(random.nextInt()).addValues(component());
            case 2 -> {
                MultiVector.Builder rows = vector.getMultiBuilder().setDim(count + 1);
                for (int i = 0; i < 2 * (count + 1); i++) {
                    rows.addValues(component());
                }
            }
            default -> {
                Floats.Builder floats = vector.getFloatsBuilder();
                for (int i = 0; i < count; i++) {
                    floats.addValues(component());
                }
            }
        }
    }
}
