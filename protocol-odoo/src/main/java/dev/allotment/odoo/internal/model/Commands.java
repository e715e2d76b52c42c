// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A value written into a field of many records: the list of their ids, or Odoo's commands to link and unlink. */
public final class Commands {
    private static final int UNLINK = 3;
    private static final int LINK = 4;
    private static final int CLEAR = 5;
    private static final int SET = 6;

    private Commands() {}

    /**
     * Returns the ids that remain after the commands. An absent value means none.
     *
     * @throws OdooFault of the value's kind if a command creates, changes or removes the records themselves
     */
    public static List<Long> applied(Value written, List<Long> before) {
        if (!written.absent() && !written.isList()) {
            throw refused(written);
        }
        List<?> commands = written.list();
        if (commands.stream().noneMatch(List.class::isInstance)) {
            return written.absent() ? List.of() : commands.isEmpty() ? before : ids(written, commands);
        }
        Set<Long> ids = new LinkedHashSet<>(before);
        for (Object each : commands) {
            if (!(each instanceof List<?> command) || command.isEmpty() || !(command.get(0) instanceof Integer code)) {
                throw refused(written);
            }
            if (code == LINK && command.size() > 1) {
                ids.add(id(written, command.get(1)));
            } else if (code == UNLINK && command.size() > 1) {
                ids.remove(id(written, command.get(1)));
            } else if (code == CLEAR) {
                ids.clear();
            } else if (code == SET && command.size() > 2) {
                ids.clear();
                ids.addAll(ids(written, new Value(written.fault(), written.what(), command.get(2)).list()));
            } else {
                throw refused(written);
            }
        }
        return new ArrayList<>(ids);
    }

    private static List<Long> ids(Value written, List<?> ids) {
        return ids.stream().map(each -> id(written, each)).distinct().toList();
    }

    private static long id(Value written, Object id) {
        return new Value(written.fault(), written.what(), id).id();
    }

    private static OdooFault refused(Value written) {
        return written.wrong(
                "a list of the commands [4, id] (link), [3, id] (unlink), [5] (clear) and [6, 0, ids] (set)");
    }
}
