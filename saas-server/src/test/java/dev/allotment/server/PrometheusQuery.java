// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query of an alert or of the dashboard, with the texts that show its labels.
 *
 * @param place the alert or the panel
 * @param text the query in PromQL
 * @param shown the labels that texts next to it show
 */
record PrometheusQuery(String place, String text, Set<String> shown) {
    static final Path FOLDER = Path.of("..", "examples", "prometheus");
    static final Path RULES = FOLDER.resolve("allotment.rules.yml");
    static final Path DASHBOARD = FOLDER.resolve("allotment.dashboard.json");

    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^]]*]|[A-Za-z_]\\w*|=~|!~|!=|\\S");
    private static final Pattern EXPRESSION = Pattern.compile("expr: (?:>-)?(.*?)\\n +(?:for|labels):", Pattern.DOTALL);
    private static final Pattern LABEL_OF_ALERT = Pattern.compile("\\$labels\\.(\\w+)");
    private static final Pattern LABEL_OF_LEGEND = Pattern.compile("\\{\\{(\\w+)}}");
    private static final Pattern VALUES_OF_LABEL = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** What a query says about a metric: labels with the texts that they are compared with, and null for a pattern. */
    record Selection(String metric, Map<String, String> equal, Set<String> labels) {}

    /** Returns the queries of the alerts. */
    static List<PrometheusQuery> ofAlerts() throws IOException {
        return Arrays.stream(Files.readString(RULES).split("- alert: "))
                .skip(1)
                .map(alert -> {
                    Matcher expression = EXPRESSION.matcher(alert);
                    if (!expression.find()) {
                        throw new AssertionError("No query in " + alert);
                    }
                    String text = expression.group(1).strip().replaceAll("\\s+", " ");
                    return new PrometheusQuery(
                            alert.lines().findFirst().orElseThrow(), text, all(LABEL_OF_ALERT, alert));
                })
                .toList();
    }

    /** Returns the queries of the panels, and those that the variables of the dashboard stand for. */
    static List<PrometheusQuery> ofDashboard() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        List<PrometheusQuery> queries = new ArrayList<>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(new PrometheusQuery(
                        panel.get("title").asText(),
                        target.get("expr").asText(),
                        all(LABEL_OF_LEGEND, target.get("legendFormat").asText())));
            }
        }
        for (JsonNode variable : dashboard.at("/templating/list")) {
            Matcher values = VALUES_OF_LABEL.matcher(variable.get("query").asText());
            if (values.matches()) {
                queries.add(
                        new PrometheusQuery(variable.get("name").asText(), values.group(1), Set.of(values.group(2))));
            }
        }
        return queries;
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> found = new HashSet<>();
        pattern.matcher(text).results().map(each -> each.group(1)).forEach(found::add);
        return found;
    }

    /** Returns the metrics that it reads. */
    List<Selection> selections() {
        return new Reader(tokens()).selections;
    }

    /** Returns the labels by which it groups what it finds, and those that are shown. */
    Set<String> grouping() {
        Set<String> labels = new Reader(tokens()).grouping;
        labels.addAll(shown);
        return labels;
    }

    private List<String> tokens() {
        return TOKEN.matcher(text).results().map(MatchResult::group).toList();
    }

    /** Goes through a query once. */
    private static final class Reader {
        private final List<Selection> selections = new ArrayList<>();
        private final Set<String> grouping = new HashSet<>();
        private final List<String> tokens;
        private int at;

        Reader(List<String> tokens) {
            this.tokens = tokens;
            while (at < tokens.size()) {
                read(tokens.get(at++));
            }
        }

        private String next() {
            return at < tokens.size() ? tokens.get(at) : "";
        }

        private void read(String token) {
            boolean name = Character.isLetter(token.charAt(0));
            if (GROUPING.contains(token)) {
                while (!next().equals(")")) {
                    at++;
                    if (Character.isLetter(next().charAt(0))) {
                        grouping.add(next());
                    }
                }
            } else if (name && !WORDS.contains(token) && !next().equals("(") && !GROUPING.contains(next())) {
                selections.add(new Selection(token, new HashMap<>(), new HashSet<>()));
                readLabels(selections.get(selections.size() - 1));
            }
        }

        private void readLabels(Selection selection) {
            if (!next().equals("{")) {
                return;
            }
            at++;
            while (!next().equals("}")) {
                String label = tokens.get(at);
                String operator = tokens.get(at + 1);
                String value = tokens.get(at + 2);
                selection.labels.add(label);
                if (operator.equals("=")) {
                    selection.equal.put(label, value.substring(1, value.length() - 1));
                }
                at += tokens.get(at + 3).equals(",") ? 4 : 3;
            }
        }
    }
}
