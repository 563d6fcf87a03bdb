package io.vectordb.edgar;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The items a form consists of, in their order, with the words their titles begin with.
 *
 * <p>Source: the SEC's forms 10-K, 10-Q, 8-K and 20-F, with titles of earlier versions beside today's.
 */
enum ItemForm {
    ANNUAL(List.of(
            item("1", "(?:description of )?(?:the )?business|general"),
            item("1A", "risk factors"),
            item("1B", "unresolved|unresloved"),
            item("1C", "cyber ?security"),
            item("2", "(?:description of )?propert"),
            item("3", "legal"),
            item("4", "mine safety|submission|\\W*(?:removed|reserved)|executive officers"),
            item("5", "market|\\W*reserved"),
            item("6", "selected|\\W*(?:removed|reserved)|management|consolidated selected"),
            item("7", "management|financial statements"),
            item("7A", "quantitative|qualitative|market risk"),
            item("8", "(?:consolidated )?financial|changes in"),
            item("9", "change|disagreement|directors"),
            item("9A", "controls|evaluation of"),
            item("9B", "other information"),
            item("9C", "disclosure regarding"),
            item("10", "directors|executive compensation"),
            item("11", "executive|security ownership"),
            item("12", "security ownership|certain relation"),
            item("13", "certain relation|exhibits"),
            item("14", "principal account|exhibits|controls"),
            item("15", "exhibit|financial statement|principal account"),
            item("16", "form 10-k|summary|principal account|exhibit"))),
    QUARTERLY(List.of(
            item("Part I 1", "(?:unaudited |interim |condensed |consolidated )*financial"),
            item("Part I 2", "management"),
            item("Part I 3", "quantitative|qualitative|controls"),
            item("Part I 4", "(?:disclosure )?controls|evaluation of"),
            item("Part II 1", "legal"),
            item("Part II 1A", "risk factors"),
            item("Part II 2", "(?:recent sales of )?unregistered|changes? in|issuer|sales? of|repurchase"),
            item("Part II 3", "default"),
            item("Part II 4", "mine safety|submission|\\W*(?:removed|reserved)"),
            item("Part II 5", "other|market"),
            item("Part II 6", "exhibit"))),
    CURRENT(current()),
    FOREIGN(List.of(
            item("1", "identity"),
            item("2", "offer statistics"),
            item("3", "key information|risk factors"),
            item("4", "information on the company"),
            item("4A", "unresolved"),
            item("5", "operating"),
            item("6", "directors"),
            item("7", "major shareholders"),
            item("8", "financial information"),
            item("9", "the offer|the listing"),
            item("10", "additional information"),
            item("11", "quantitative|qualitative"),
            item("12", "description"),
            item("13", "default"),
            item("14", "material modification"),
            item("15", "(?:disclosure )?controls"),
            item("16", "\\W*reserved|audit"),
            item("16A", "audit"),
            item("16B", "code of"),
            item("16C", "principal"),
            item("16D", "exemption"),
            item("16E", "purchase"),
            item("16F", "change"),
            item("16G", "corporate"),
            item("16H", "mine"),
            item("16I", "disclosure"),
            item("16J", "insider"),
            item("16K", "cyber"),
            item("17", "financial"),
            item("18", "financial"),
            item("19", "exhibit")));

    /** One item: its label in {@link Passage#section()} and how its title begins. */
    record Item(String label, Pattern title) {}

    private final List<Item> items;
    private final Map<String, Integer> positions;

    ItemForm(List<Item> items) {
        this.items = items;
        this.positions = IntStream.range(0, items.size())
                .boxed()
                .collect(Collectors.toUnmodifiableMap(i -> items.get(i).label(), i -> i));
    }

    /** The items of a document type such as {@code 10-K/A}; null for types without items, among them all exhibits. */
    static @Nullable ItemForm of(@Nullable String type) {
        if (type == null) {
            return null;
        }
        if (type.startsWith("10-K") || type.startsWith("10K")) {
            return ANNUAL;
        }
        if (type.startsWith("10-Q")) {
            return QUARTERLY;
        }
        if (type.startsWith("8-K")) {
            return CURRENT;
        }
        return type.startsWith("20-F") ? FOREIGN : null;
    }

    /** Position of an item in the form, from 0; -1 where the form has no such item. */
    int position(String label) {
        return positions.getOrDefault(label, -1);
    }

    /** Whether a heading's words begin as the item's title does. */
    boolean hasTitle(int position, String words) {
        return items.get(position).title().matcher(words).lookingAt();
    }

    String label(int position) {
        return items.get(position).label();
    }

    private static Item item(String label, String title) {
        return new Item(label, Pattern.compile("(?i)(?:" + title + ")"));
    }

    private static List<Item> current() {
        Map<String, String> titles = Map.ofEntries(
                Map.entry("1", "change|entry"),
                Map.entry("2", "acquisition"),
                Map.entry("3", "bankrupt"),
                Map.entry("4", "change"),
                Map.entry("5", "other"),
                Map.entry("6", "resignation"),
                Map.entry("7", "financial"),
                Map.entry("8", "change"),
                Map.entry("9", "regulation|sales"),
                Map.entry("10", "amendment"),
                Map.entry("11", "temporary"),
                Map.entry("12", "results|disclosure"),
                Map.entry("1.01", "entry"),
                Map.entry("1.02", "termination"),
                Map.entry("1.03", "bankrupt"),
                Map.entry("1.04", "mine"),
                Map.entry("1.05", "material cyber"),
                Map.entry("2.01", "completion"),
                Map.entry("2.02", "results"),
                Map.entry("2.03", "creation"),
                Map.entry("2.04", "triggering"),
                Map.entry("2.05", "costs?"),
                Map.entry("2.06", "material imp"),
                Map.entry("3.01", "notice"),
                Map.entry("3.02", "unregistered"),
                Map.entry("3.03", "material mod"),
                Map.entry("4.01", "changes?"),
                Map.entry("4.02", "non-?reliance"),
                Map.entry("5.01", "changes?"),
                Map.entry("5.02", "departure|election"),
                Map.entry("5.03", "amendments?"),
                Map.entry("5.04", "temporary"),
                Map.entry("5.05", "amendments?"),
                Map.entry("5.06", "change"),
                Map.entry("5.07", "submission"),
                Map.entry("5.08", "shareholder"),
                Map.entry("6.01", "abs|asset"),
                Map.entry("6.02", "change"),
                Map.entry("6.03", "change"),
                Map.entry("6.04", "failure"),
                Map.entry("6.05", "securities"),
                Map.entry("6.06", "static"),
                Map.entry("7.01", "regulation"),
                Map.entry("8.01", "other"),
                Map.entry("9.01", "financial|exhibit"));
        return titles.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(title -> item(title.getKey(), title.getValue()))
                .toList();
    }
}
