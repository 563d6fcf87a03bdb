package io.vectordb.query;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.schema.CollectionSchema;
import io.vectordb.schema.FieldType;
import io.vectordb.schema.FieldType.ArrayType;
import io.vectordb.schema.FieldType.Json;
import io.vectordb.schema.FieldType.ObjectType;
import io.vectordb.schema.FieldType.VectorType;
import io.vectordb.schema.NearNames;
import io.vectordb.schema.SchemaField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the fields of a schema that paths mean. */
final class NameResolver {

    private final String collection;
    private final CollectionSchema schema;
    private final Set<String> warnings;

    /** {@code warnings} gets what is allowed and probably not meant. */
    NameResolver(String collection, CollectionSchema schema, Set<String> warnings) {
        this.collection = collection;
        this.schema = schema;
        this.warnings = warnings;
    }

    /**
     * The field that a path means.
     *
     * @param valueExpected whether a value is more usual where it stands, so that text in double quotes was meant as
     *     text
     */
    ResolvedField resolve(String path, Place place, boolean valueExpected) {
        FieldRef ref = read(path, place);
        FieldRef.Step first = ref.steps().getFirst();
        Optional<SchemaField> found =
                first.quoted() ? schema.field(first.name()) : schema.fieldIgnoringCase(first.name());
        if (found.isEmpty()) {
            refuseUnknown(first, place, valueExpected);
            return new ResolvedField(canonical(ref, List.of()), null);
        }
        return descend(ref, found.get(), place);
    }

    private static FieldRef read(String path, Place place) {
        try {
            return FieldRef.parse(path);
        } catch (VectorDbException e) {
            throw place.fault(e.code(), e.getMessage(), "");
        }
    }

    private ResolvedField descend(FieldRef ref, SchemaField top, Place place) {
        SchemaField field = top;
        List<String> names = new ArrayList<>(List.of(top.name()));
        boolean throughArray = false;
        for (FieldRef.Step step : ref.steps().subList(1, ref.steps().size())) {
            throughArray |= field.type() instanceof ArrayType;
            FieldType type = field.type().single();
            if (type instanceof Json) {
                return new ResolvedField(canonical(ref, names), null);
            }
            if (!(type instanceof ObjectType)) {
                String message = Words.brief(String.join(".", names)) + " is "
                        + field.type().word() + " and has no field " + Words.brief(step.name());
                throw place.fault(ErrorCode.UNKNOWN_FIELD, message, "");
            }
            SchemaField next = child(field, step);
            if (next == null) {
                warnUndeclared(field, step, String.join(".", names));
                return new ResolvedField(canonical(ref, names), null);
            }
            names.add(next.name());
            field = next;
        }
        return new ResolvedField(canonical(ref, names), throughArray ? array(field.type()) : field.type());
    }

    private static FieldType array(FieldType type) {
        return type instanceof VectorType ? type : new ArrayType(type.single());
    }

    private static @Nullable SchemaField child(SchemaField object, FieldRef.Step step) {
        Optional<SchemaField> exact = object.field(step.name());
        if (exact.isPresent() || step.quoted()) {
            return exact.orElse(null);
        }
        List<SchemaField> alike = object.fields().stream()
                .filter(field -> lower(field.name()).equals(lower(step.name())))
                .toList();
        return alike.size() == 1 ? alike.getFirst() : null;
    }

    private void refuseUnknown(FieldRef.Step step, Place place, boolean valueExpected) {
        String name = Words.brief(step.name());
        String message = collection + " has no field " + name;
        String textHint = "text stands in single quotes: " + Words.quoted(name);
        if (step.quoted() && valueExpected) {
            throw place.fault(ErrorCode.UNKNOWN_FIELD, message, textHint);
        }
        if (!step.quoted() && Words.LATER_BARE_FUNCTIONS.contains(lower(step.name()))) {
            throw place.fault(
                    ErrorCode.FEATURE_NOT_AVAILABLE,
                    step.name().toUpperCase(Locale.ROOT) + " is not available yet",
                    "");
        }
        String near = NearNames.didYouMean(schema.nearNames(step.name()));
        String hint = near.isEmpty() && valueExpected ? textHint : near;
        if (!schema.dynamic()) {
            throw place.fault(ErrorCode.UNKNOWN_FIELD, message, hint);
        }
        warnings.add(message + ", so it is null everywhere" + (hint.isEmpty() ? "" : "; " + hint));
    }

    private void warnUndeclared(SchemaField object, FieldRef.Step step, String path) {
        List<String> near = NearNames.of(
                step.name(), object.fields().stream().map(SchemaField::name).toList());
        if (!near.isEmpty()) {
            warnings.add(Words.brief(path) + " declares no field " + Words.brief(step.name()) + "; "
                    + NearNames.didYouMean(near));
        }
    }

    /** The path with its first names as the schema spells them. */
    private static FieldRef canonical(FieldRef ref, List<String> spelt) {
        List<FieldRef.Step> steps = new ArrayList<>();
        for (int i = 0; i < ref.steps().size(); i++) {
            String name = i < spelt.size() ? spelt.get(i) : ref.steps().get(i).name();
            steps.add(new FieldRef.Step(name, false));
        }
        return new FieldRef(steps);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
