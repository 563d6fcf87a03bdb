package io.vectordb.edgar;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a submission says, in either notation: {@code COMPANY CONFORMED NAME:} lines of full submissions or
 * {@code <CONFORMED-NAME>} tags of the feed.
 *
 * @param companies in the order of the header
 */
record SubmissionHeader(
        @Nullable String accession,
        @Nullable String form,
        @Nullable LocalDate period,
        @Nullable LocalDate filed,
        List<Company> companies) {

    /** A company or person and its part in the filing, such as FILER or SUBJECT COMPANY. */
    record Company(
            String role, @Nullable String name, @Nullable String cik) {}

    private record Entry(String key, String value) {}

    private static final Pattern TAG = Pattern.compile("<([A-Z][A-Z0-9-]*)>([^<\\r\\n]*)");
    private static final Pattern LINE = Pattern.compile("(?m)^[ \\t]*([A-Z][A-Z0-9 ./-]*?):(.*)$");
    private static final Pattern ACCESSION = Pattern.compile("\\d{10}-\\d{2}-\\d{6}");
    private static final Set<String> ROLES = Set.of(
            "FILER",
            "SUBJECT COMPANY",
            "ISSUER",
            "FILED BY",
            "REPORTING OWNER",
            "FILED FOR",
            "SERIAL COMPANY",
            "DEPOSITOR",
            "ISSUING ENTITY",
            "SECURITIZER",
            "UNDERWRITER",
            "SPONSOR");
    /** The company a filing is about comes before the one that hands it in. */
    private static final List<String> ROLES_BY_RANK = List.of("FILER", "SUBJECT COMPANY", "ISSUER", "ISSUING ENTITY");

    static SubmissionHeader parse(String header) {
        String accession = null;
        String form = null;
        LocalDate period = null;
        LocalDate filed = null;
        List<Company> companies = new ArrayList<>();
        for (Entry entry : entries(header)) {
            String value = entry.value();
            switch (entry.key()) {
                case "ACCESSION NUMBER" -> accession = accession == null ? accession(value) : accession;
                case "CONFORMED SUBMISSION TYPE", "TYPE" -> form = form == null && !value.isEmpty() ? value : form;
                case "CONFORMED PERIOD OF REPORT", "PERIOD" -> period = period == null ? Dates.compact(value) : period;
                case "FILED AS OF DATE", "FILING DATE" -> filed = filed == null ? Dates.compact(value) : filed;
                default -> company(entry, companies);
            }
        }
        return new SubmissionHeader(accession, form, period, filed, List.copyOf(companies));
    }

    /** The company the filing is about. */
    @Nullable
    Company subject() {
        for (String role : ROLES_BY_RANK) {
            for (Company company : companies) {
                if (company.role().equals(role)) {
                    return company;
                }
            }
        }
        return companies.isEmpty() ? null : companies.getFirst();
    }

    private static void company(Entry entry, List<Company> companies) {
        if (ROLES.contains(entry.key())) {
            companies.add(new Company(entry.key(), null, null));
            return;
        }
        boolean isName = entry.key().endsWith("CONFORMED NAME") && !entry.key().startsWith("FORMER");
        boolean isCik = entry.key().equals("CENTRAL INDEX KEY") || entry.key().equals("CIK");
        if (!isName && !isCik || entry.value().isEmpty()) {
            return;
        }
        Company last = companies.isEmpty() ? new Company("", null, null) : companies.removeLast();
        companies.add(
                isName
                        ? new Company(last.role(), last.name() == null ? text(entry.value()) : last.name(), last.cik())
                        : new Company(last.role(), last.name(), last.cik() == null ? cik(entry.value()) : last.cik()));
    }

    /** Ten digits with leading zeros; null for what is no such key. */
    static @Nullable String cik(String value) {
        String digits = value.strip();
        return digits.matches("\\d{1,10}") && !digits.matches("0+") ? "0".repeat(10 - digits.length()) + digits : null;
    }

    private static @Nullable String accession(String value) {
        Matcher matcher = ACCESSION.matcher(value);
        return matcher.find() ? matcher.group() : null;
    }

    private static String text(String value) {
        return Characters.cleanLine(Parser.unescapeEntities(value, false));
    }

    private static List<Entry> entries(String header) {
        boolean tagged = header.contains("<SUBMISSION>") || header.contains("<ACCESSION-NUMBER>");
        Matcher matcher = (tagged ? TAG : LINE).matcher(header);
        List<Entry> entries = new ArrayList<>();
        while (matcher.find()) {
            String key = matcher.group(1).replace('-', ' ').strip().toUpperCase(Locale.ROOT);
            entries.add(new Entry(key, matcher.group(2).strip()));
        }
        return entries;
    }
}
