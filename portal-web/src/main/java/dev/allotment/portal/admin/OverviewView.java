// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.Trend;
import java.util.List;

/** Numbers that people look at first. */
public record OverviewView(List<Tile> tiles, List<Share> states, Columns days, List<Trend> trends) {
    public OverviewView {
        tiles = List.copyOf(tiles);
        states = List.copyOf(states);
        trends = List.copyOf(trends);
    }

    /**
     * A number.
     *
     * @param path of the list behind it
     */
    public record Tile(long figure, String what, String path) {}

    /**
     * A part of a whole.
     *
     * @param percent of it
     */
    public record Share(String what, long count, int percent) {}

    /**
     * A chart of columns, in units of its own.
     *
     * @param summary what it shows, in words
     * @param most the largest number in it
     * @param labels of days, with the same distance between them
     * @param days the numbers themselves
     */
    public record Columns(String summary, long most, List<Column> columns, List<String> labels, List<Day> days) {
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
