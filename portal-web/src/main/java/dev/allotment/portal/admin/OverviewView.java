// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.Trend;
import java.util.List;

/**
 * The content of the overview.
 *
 * @param attention what an administrator should look at, the most urgent first
 * @param drill about restore drills; empty if there was none, and none will be
 */
public record OverviewView(
        List<Attention> attention,
        List<Tile> tiles,
        List<Share> states,
        Columns days,
        List<Trend> trends,
        List<TenantView.Fact> drill) {
    public OverviewView {
        attention = List.copyOf(attention);
        drill = List.copyOf(drill);
        tiles = List.copyOf(tiles);
        states = List.copyOf(states);
        trends = List.copyOf(trends);
    }

    /**
     * Something to look at.
     *
     * @param figure how often it is found
     * @param detail which ones, since when or until when; may be empty
     * @param path of the list of them
     */
    public record Attention(String figure, String what, String detail, String path) {}

    /**
     * A number.
     *
     * @param path of the list behind the number
     */
    public record Tile(String figure, String what, String path) {}

    /**
     * A share of a total.
     *
     * @param percent of the total
     */
    public record Share(String what, long count, int percent) {}

    /**
     * A column chart, in its own units.
     *
     * @param summary describes the chart for readers who cannot see it
     * @param max the largest number in the chart
     * @param labels of days, at equal distances
     * @param days the numbers themselves
     */
    public record Columns(String summary, long max, List<Column> columns, List<String> labels, List<Day> days) {
        public Columns {
            columns = List.copyOf(columns);
            labels = List.copyOf(labels);
            days = List.copyOf(days);
        }
    }

    /** The numbers of one day. */
    public record Day(String day, long one, long two) {}

    /**
     * One column.
     *
     * @param series {@code one} or {@code two}
     */
    public record Column(String series, int x, int y, int width, int height, String title) {}
}
