package io.vectordb.edgar;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the path of a file tells: downloads keep EDGAR's accession numbers and keys as names of files and folders.
 *
 * @param accession from {@code 0000320193-24-000123} or its 18 digits (which begin with two zeros) in the name of the file, its folder or the next
 * @param cik from {@code <cik>/<accession>/file} as on sec.gov, or from {@code <cik>_<form>_<year>_<accession>}
 */
record PathHints(@Nullable String accession, @Nullable String cik) {

    private static final Pattern ACCESSION = Pattern.compile(
            "(?<!\\d)(\\d{10})-(\\d{2})-(\\d{6})(?!\\d)|(?<![\\dA-Za-z-])(00\\d{8})(\\d{2})(\\d{6})(?![\\dA-Za-z-])");
    private static final Pattern CIK_FIRST = Pattern.compile("(\\d{1,10})_[0-9A-Za-z-]{1,12}_\\d{4}_.*");
    private static final Pattern CIK = Pattern.compile("\\d{4,10}");

    static final PathHints NONE = new PathHints(null, null);

    static PathHints of(Path file) {
        Path path = file.toAbsolutePath().normalize();
        int names = path.getNameCount();
        for (int i = names - 1; i >= Math.max(0, names - 3); i--) {
            String name = path.getName(i).toString();
            Matcher matcher = ACCESSION.matcher(name);
            if (matcher.find()) {
                String accession = matcher.group(1) == null
                        ? matcher.group(4) + '-' + matcher.group(5) + '-' + matcher.group(6)
                        : matcher.group();
                return new PathHints(accession, cik(path, i, name));
            }
        }
        return new PathHints(null, null);
    }

    private static @Nullable String cik(Path path, int index, String name) {
        Matcher first = CIK_FIRST.matcher(name);
        if (first.matches()) {
            return SubmissionHeader.cik(first.group(1));
        }
        String parent = index == 0 ? "" : path.getName(index - 1).toString();
        return CIK.matcher(parent).matches() ? SubmissionHeader.cik(parent) : null;
    }
}
