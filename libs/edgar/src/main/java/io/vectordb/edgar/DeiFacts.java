package io.vectordb.edgar;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;
import org.jsoup.select.NodeTraversor;
import org.jspecify.annotations.Nullable;

/**
 * The document and entity facts of an inline XBRL document.
 *
 * <p>Source: Inline XBRL 1.1 and the SEC's dei taxonomy. Text of nested elements counts, {@code ix:exclude} does not, and
 * {@code continuedAt} is followed. With several facts of a name the first outside a dimension wins, since the others are
 * about co-registrants or classes of shares.
 */
record DeiFacts(
        @Nullable String company,
        @Nullable String cik,
        @Nullable String form,
        @Nullable LocalDate period) {

    static final DeiFacts NONE = new DeiFacts(null, null, null, null);
    private static final int MAX_CONTINUATIONS = 100;
    private static final Set<String> NAMES = Set.of(
            "dei:EntityRegistrantName",
            "dei:EntityCentralIndexKey",
            "dei:DocumentType",
            "dei:DocumentPeriodEndDate",
            "dei:AmendmentFlag");

    private record Fact(String context, String format, String text) {}

    static DeiFacts of(Document document) {
        Collector collector = new Collector();
        NodeTraversor.filter(collector, document);
        Map<String, Fact> facts = new HashMap<>();
        for (Element element : collector.facts) {
            Fact fact = new Fact(element.attr("contextRef"), element.attr("format"), collector.text(element));
            facts.merge(element.attr("name"), fact, (first, second) -> collector.better(first, second));
        }
        Fact period = facts.get("dei:DocumentPeriodEndDate");
        return new DeiFacts(
                text(facts, "dei:EntityRegistrantName"),
                cik(text(facts, "dei:EntityCentralIndexKey")),
                form(text(facts, "dei:DocumentType"), text(facts, "dei:AmendmentFlag")),
                period == null ? null : date(period));
    }

    private static @Nullable String text(Map<String, Fact> facts, String name) {
        Fact fact = facts.get(name);
        return fact == null || fact.text().isEmpty() ? null : fact.text();
    }

    private static @Nullable String cik(@Nullable String text) {
        return text == null ? null : SubmissionHeader.cik(text);
    }

    private static @Nullable String form(@Nullable String type, @Nullable String amendment) {
        if (type == null) {
            return null;
        }
        String form = type.toUpperCase(Locale.ROOT);
        return "true".equalsIgnoreCase(amendment) && !form.endsWith("/A") ? form + "/A" : form;
    }

    private static @Nullable LocalDate date(Fact fact) {
        String format = fact.format().toLowerCase(Locale.ROOT).replace("-", "");
        boolean dayFirst = format.contains("dateday") || format.contains("dateeu") || format.contains("dateslasheu");
        Dates.Found found = Dates.find(fact.text(), dayFirst);
        return found == null ? null : found.date();
    }

    private static final class Collector implements NodeFilter {
        private final List<Element> facts = new ArrayList<>();
        private final Map<String, Element> continuations = new HashMap<>();
        private final Set<String> dimensional = new HashSet<>();

        @Override
        public FilterResult head(Node node, int depth) {
            if (node instanceof Element element) {
                switch (element.tagName().toLowerCase(Locale.ROOT)) {
                    case "ix:nonnumeric" -> {
                        if (NAMES.contains(element.attr("name"))) {
                            facts.add(element);
                        }
                    }
                    case "ix:continuation" -> continuations.put(element.attr("id"), element);
                    case "xbrldi:explicitmember", "xbrldi:typedmember" -> addContext(element);
                    default -> {
                        return FilterResult.CONTINUE;
                    }
                }
            }
            return FilterResult.CONTINUE;
        }

        private void addContext(Element member) {
            Element element = member.parent();
            for (int i = 0; element != null && i < 5; i++) {
                if (element.tagName().toLowerCase(Locale.ROOT).endsWith("context")) {
                    dimensional.add(element.attr("id"));
                    return;
                }
                element = element.parent();
            }
        }

        Fact better(Fact first, Fact second) {
            boolean replaces = first.text().isEmpty()
                    || dimensional.contains(first.context()) && !dimensional.contains(second.context());
            return replaces && !second.text().isEmpty() ? second : first;
        }

        String text(Element fact) {
            StringBuilder text = new StringBuilder();
            Element part = fact;
            for (int i = 0; part != null && i < MAX_CONTINUATIONS; i++) {
                append(part, text);
                part = part.hasAttr("continuedAt") ? continuations.get(part.attr("continuedAt")) : null;
            }
            return Characters.cleanLine(text.toString());
        }

        private static void append(Element part, StringBuilder text) {
            NodeTraversor.filter(
                    (node, depth) -> {
                        if (node instanceof TextNode string) {
                            text.append(string.getWholeText());
                        } else if (node instanceof Element element) {
                            String name = element.tagName().toLowerCase(Locale.ROOT);
                            if (name.equals("ix:exclude")) {
                                return NodeFilter.FilterResult.SKIP_ENTIRELY;
                            }
                            boolean separates = name.equals("br") || name.equals("p") || name.equals("div");
                            text.append(separates ? " " : "");
                        }
                        return NodeFilter.FilterResult.CONTINUE;
                    },
                    part);
        }
    }
}
