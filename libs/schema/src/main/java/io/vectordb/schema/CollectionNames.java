package io.vectordb.schema;

import io.vectordb.common.ErrorCode;
import io.vectordb.common.VectorDbException;
import io.vectordb.common.Violation;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** The names that collections may have: {@code [a-z][a-z0-9_]{0,62}}, so that they need no quotes anywhere. */
public final class CollectionNames {

    private static final int LONGEST = 63;
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0," + (LONGEST - 1) + "}");

    private CollectionNames() {}

    /**
     * The name itself.
     *
     * @throws VectorDbException INVALID_VALUE or MISSING_MEMBER at {@code name}
     */
    public static String check(String name) {
        if (NAME.matcher(name).matches()) {
            return name;
        }
        if (name.isEmpty()) {
            throw VectorDbException.of(new Violation("name", ErrorCode.MISSING_MEMBER, "a collection needs a name"));
        }
        String message = name.length() > LONGEST
                ? "expected a name of at most " + LONGEST + " characters, received " + name.length()
                : Texts.quoted(name) + " is not a collection's name: a small letter, then small letters, digits and _";
        throw VectorDbException.of(new Violation("name", ErrorCode.INVALID_VALUE, message, hint(name)));
    }

    private static String hint(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFD)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\p{M}", "")
                .replaceAll("[^a-z0-9]+", "_")
                .replaceAll("^[_0-9]+|_+$", "");
        return NAME.matcher(plain).matches() ? "write " + plain : "";
    }
}
