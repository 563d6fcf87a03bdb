package io.vectordb.gateway.json;

import java.math.BigDecimal;

/** Numbers by their digits. */
final class Numbers {

    /** Longer than the digits of any double written out. */
    private static final int PLAIN_DIGITS = 800;

    private Numbers() {}

    /**
     * A number of a JSON text without an exponent, all digits kept.
     *
     * @throws IllegalArgumentException when it is out of the range of every numeric type
     */
    static String plain(String number) {
        if (number.indexOf('e') < 0 && number.indexOf('E') < 0) {
            return number;
        }
        try {
            BigDecimal decimal = new BigDecimal(number);
            if (Math.abs((long) decimal.scale()) + decimal.precision() <= PLAIN_DIGITS) {
                return decimal.toPlainString();
            }
        } catch (NumberFormatException e) {
            // An exponent beyond 32 bits is as far out of range as one with too many digits.
        }
        throw new IllegalArgumentException(number + " is out of the range of every numeric type");
    }
}
