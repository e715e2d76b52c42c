// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Role;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.FixedLookup;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.GroupFields;
import dev.allotment.spi.backend.RecordTypes;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * {@code res.groups} of the main database: the groups that Odoo's clients look up. Each follows from an account's
 * role.
 */
final class MainGroupModel {
    static final String NAME = "res.groups";

    private static final Group USER = group(1, Group.USER, "Internal User");
    private static final Group PORTAL = group(2, Group.PORTAL, "Portal");
    private static final Group ACCESS_RIGHTS = group(3, Group.ACCESS_RIGHTS, "Access Rights");
    private static final Group SYSTEM = group(4, Group.SYSTEM, "Settings");
    private static final List<Group> ALL = List.of(USER, PORTAL, ACCESS_RIGHTS, SYSTEM);

    private MainGroupModel() {}

    static StoredModel<Saas, Group> model() {
        ModelTableBuilder<Saas, Group> fields = GroupFields.of(NAME, MainGroupModel::lookup);
        fields.field(Field.<Saas, Group>of(
                        "users", FieldType.MANY2MANY, "Users", null, ModelTableBuilder.each(MainGroupModel::users))
                .referringTo(UserModel.NAME));
        return new StoredModel<>(fields);
    }

    /** Looks up groups, for administrators only, like everything that belongs to no account. */
    static Lookup<Long, Group> lookup(Saas saas) {
        return new FixedLookup<>(RecordTypes.GROUPS, ALL, () -> Administrators.require(saas));
    }

    static List<Group> of(Role role) {
        return switch (role) {
            case ADMINISTRATOR -> List.of(USER, ACCESS_RIGHTS, SYSTEM);
            case SUPPORT, BILLING, READER -> List.of(USER);
            case PORTAL -> List.of(PORTAL);
        };
    }

    static List<Long> ids(Role role) {
        return of(role).stream().map(group -> group.id().value()).toList();
    }

    /** Returns the roles that are in at least one of these groups. */
    static List<Role> roles(Collection<Long> groups) {
        return Arrays.stream(Role.values())
                .filter(role -> ids(role).stream().anyMatch(groups::contains))
                .toList();
    }

    /**
     * Refuses groups that do not exist.
     *
     * @throws SaasException {@code record.missing}
     */
    static void requireKnown(Collection<Long> groups) {
        List<Long> known = ALL.stream().map(group -> group.id().value()).toList();
        for (Long each : groups) {
            if (!known.contains(each)) {
                throw new SaasException(
                        ErrorCategory.NOT_FOUND,
                        ErrorCodes.RECORD_MISSING,
                        "Group " + each + " does not exist.",
                        Map.of("type", RecordTypes.GROUPS.name(), "id", each.toString()),
                        false,
                        null);
            }
        }
    }

    /** Returns the role for a set of groups: members of the settings group are administrators. */
    static Role role(Collection<Long> groups) {
        return groups.contains(SYSTEM.id().value()) ? Role.ADMINISTRATOR : Role.PORTAL;
    }

    private static List<Object> users(OdooCaller<Saas> caller, Group group) {
        Filter<User> filter = Filter.in(User.ROLE, roles(List.of(group.id().value())));
        return List.copyOf(caller.table(UserModel.NAME).ids(caller, filter));
    }

    private static Group group(long id, String xmlId, String name) {
        return new Group(new GroupId(id), xmlId, name, "base");
    }
}
