// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.BackupSchedule;
import dev.allotment.BackupSchedule.Unit;
import dev.allotment.core.internal.backup.archive.BackupName;
import java.time.DayOfWeek;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Decides which backups of a schedule are kept. */
final class ScheduledRetention {
    private ScheduledRetention() {}

    /** Returns the backups that are not kept, out of all of the schedule, the oldest first. */
    static List<BackupName> replaced(List<BackupName> names, BackupSchedule schedule) {
        List<BackupName> newestFirst = new ArrayList<>(names);
        Collections.reverse(newestFirst);
        Set<BackupName> kept = new HashSet<>(newestFirst.subList(0, Math.min(1, newestFirst.size())));
        for (Unit unit : Unit.values()) {
            Set<Object> periods = new HashSet<>();
            for (BackupName name : newestFirst) {
                if (periods.size() < schedule.kept(unit) && periods.add(period(unit, name))) {
                    kept.add(name);
                }
            }
        }
        return names.stream().filter(name -> !kept.contains(name)).toList();
    }

    /** What all backups of the same hour, day, week, month or year have in common. */
    private static Object period(Unit unit, BackupName name) {
        OffsetDateTime time = name.createdAt().atOffset(ZoneOffset.UTC);
        return switch (unit) {
            case HOUR -> time.truncatedTo(ChronoUnit.HOURS);
            case DAY -> time.toLocalDate();
            case WEEK -> time.toLocalDate().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> YearMonth.from(time);
            case YEAR -> time.getYear();
        };
    }
}
