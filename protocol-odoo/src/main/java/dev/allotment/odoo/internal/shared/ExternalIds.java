// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.ErrorCategory;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.access.Group;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The XML ids of a database: those of groups, those of the few other records that scripts look up, and those that
 * scripts created. The latter are kept as parameters such as {@code ir.model.data.__api__.acme}, with a value such as
 * {@code res.partner,7}, and visible to users who may read parameters.
 *
 * @param <V> the view of the database
 */
public final class ExternalIds<V> {
    private static final String PREFIX = "ir.model.data.";
    private static final Filter<Parameter> ALL = Filter.like(Parameter.KEY, PREFIX + "%");

    /** Bounded, because each list reads all of them. */
    private static final int MOST = 10_000;

    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_-]{1,60}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,150}");

    // Numbers of groups come first, and the others start where no group has its number.
    private static final long FIXED = 1_000_000;
    private static final long CREATED = 1_000_000_000;

    private final Function<V, ? extends Lookup<?, Group>> groups;
    private final Function<? super V, Parameters> parameters;
    private final List<ExternalId> fixed = new ArrayList<>();
    private final Predicate<String> models;

    /**
     * Creates the XML ids of a database.
     *
     * @param others XML ids, each with the model and id of its record, such as {@code res.lang,1}
     * @param models returns whether there is such a model
     */
    public ExternalIds(
            Function<V, ? extends Lookup<?, Group>> groups,
            Function<? super V, Parameters> parameters,
            Map<String, String> others,
            Predicate<String> models) {
        this.groups = groups;
        this.parameters = parameters;
        this.models = models;
        // Each node has to number them alike.
        new TreeMap<>(others).forEach((xmlId, record) -> fixed.add(parsed(FIXED + fixed.size(), xmlId, record)));
    }

    List<ExternalId> all(V view) {
        List<ExternalId> all = new ArrayList<>();
        groups.apply(view).list(Query.all()).forEach(group -> all.add(of(group)));
        all.addAll(fixed);
        all.addAll(created(view, ALL));
        return all;
    }

    /** Finds one XML id. */
    Optional<ExternalId> find(V view, String xmlId) {
        List<Group> found = groups.apply(view).list(Query.where(Filter.equal(Group.XML_ID, xmlId)));
        if (!found.isEmpty()) {
            return Optional.of(of(found.get(0)));
        }
        return fixed.stream()
                .filter(each -> each.xmlId().equals(xmlId))
                .findFirst()
                .or(() -> created(view, Filter.equal(Parameter.KEY, PREFIX + xmlId)).stream()
                        .findFirst());
    }

    private static ExternalId of(Group group) {
        return ExternalId.of(
                group.id().value(), group.xmlId(), "res.groups", group.id().value());
    }

    private List<ExternalId> created(V view, Filter<Parameter> filter) {
        List<ExternalId> created = new ArrayList<>();
        try {
            for (Parameter each : parameters.apply(view).list(Query.where(filter))) {
                String xmlId = each.key().substring(PREFIX.length());
                if (xmlId.indexOf('.') > 0 && each.value().matches("[a-z_.]+,[0-9]{1,18}")) {
                    created.add(parsed(CREATED + each.id(), xmlId, each.value()));
                }
            }
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.NOT_ALLOWED) {
                throw e;
            }
        }
        return created;
    }

    private static ExternalId parsed(long id, String xmlId, String record) {
        int comma = record.indexOf(',');
        return ExternalId.of(id, xmlId, record.substring(0, comma), Long.parseLong(record.substring(comma + 1)));
    }

    /** Returns the XML ids that the server gives, of which scripts can create none. */
    Set<String> given(V view) {
        Set<String> given = new HashSet<>();
        groups.apply(view).list(Query.all()).forEach(group -> given.add(group.xmlId()));
        fixed.forEach(each -> given.add(each.xmlId()));
        return given;
    }

    /**
     * Checks that there is room for more of them.
     *
     * @throws OdooFault USER_ERROR if they would be too many
     */
    void requireRoom(Parameters writable, int more) {
        if (writable.count(ALL) + more > MOST) {
            throw Faults.userError("A database has at most " + MOST + " external identifiers; remove some first.");
        }
    }

    /**
     * Creates an XML id and returns its number.
     *
     * @param given those that the server gives
     * @throws OdooFault VALIDATION if it exists, or for a model that does not exist
     */
    long create(Parameters writable, Set<String> given, Map<String, Object> values) {
        String module = matching("module", MODULE, values);
        String name = matching("name", NAME, values);
        Value model = value("model", values);
        if (!models.test(model.text())) {
            throw model.wrong("the name of a model of this database");
        }
        String key = PREFIX + module + "." + name;
        if (given.contains(module + "." + name)
                || writable.set(
                                key,
                                model.text() + "," + value("res_id", values).id())
                        .isPresent()) {
            throw new OdooFault(
                    OdooFault.Kind.VALIDATION, "External identifier " + module + "." + name + " exists already.");
        }
        return CREATED
                + writable.list(Query.where(Filter.equal(Parameter.KEY, key)))
                        .get(0)
                        .id();
    }

    /** Removes an XML id that a script created. */
    void remove(Parameters writable, long id) {
        if (id < CREATED) {
            throw Faults.userError("This external identifier belongs to the server and cannot be removed.");
        }
        writable.set(writable.get(id - CREATED).key(), null);
    }

    private static String matching(String field, Pattern pattern, Map<String, Object> values) {
        Value value = value(field, values);
        if (!pattern.matcher(value.text()).matches()) {
            throw value.wrong("letters, digits, underscores and hyphens" + (pattern == NAME ? ", and dots" : ""));
        }
        return value.text();
    }

    private static Value value(String field, Map<String, Object> values) {
        return new Value(
                OdooFault.Kind.VALIDATION, "Field '" + field + "' on model 'ir.model.data'", values.get(field));
    }
}
