// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.access.DatabaseRecords;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.Members;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Commands;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.GroupFields;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** {@code res.groups} of a tenant database. */
final class GroupModel {
    static final String NAME = "res.groups";

    private static final String USERS = "users";

    private GroupModel() {}

    static StoredModel<TenantDatabase, Group> model() {
        return new StoredModel<>(fields())
                .updating(
                        (database, records, work) -> database.inTransaction(work),
                        (DatabaseRecords records, long id, UnaryOperator<Group> change, Map<String, Object> values) ->
                                setUsers(records, id, values));
    }

    private static ModelTableBuilder<TenantDatabase, Group> fields() {
        return GroupFields.of(NAME, TenantDatabase::groups)
                .field(Field.<TenantDatabase, Group>of(
                                USERS,
                                FieldType.MANY2MANY,
                                "Users",
                                null,
                                ModelTableBuilder.each(
                                        (caller, group) -> new ArrayList<Object>(users(caller.view(), group.id()))))
                        .referringTo(MemberModel.NAME)
                        .searched(References.many(MemberModel.NAME, GroupModel::groupsOf, GroupModel::groupsWithUsers))
                        // Membership is not part of the record; {@code write} sets it separately.
                        .written((group, commands) -> group));
    }

    private static List<Long> users(DatabaseRecords records, GroupId group) {
        return records.groups().members(group).stream().map(MemberId::value).toList();
    }

    private static Filter<Group> groupsOf(OdooCaller<TenantDatabase> caller, List<Long> users) {
        Set<GroupId> groups = new LinkedHashSet<>();
        for (Member member : caller.view()
                .members()
                .list(Query.where(
                        Filter.in(Member.ID, users.stream().map(MemberId::new).toList())))) {
            caller.view().members().groups(member.id()).forEach(group -> groups.add(group.id()));
        }
        return Filter.in(Group.ID, groups);
    }

    private static Filter<Group> groupsWithUsers(OdooCaller<TenantDatabase> caller) {
        List<GroupId> groups = new ArrayList<>();
        for (Group group : caller.view().groups().list(Query.all())) {
            if (!caller.view().groups().members(group.id()).isEmpty()) {
                groups.add(group.id());
            }
        }
        return Filter.in(Group.ID, groups);
    }

    private static void setUsers(DatabaseRecords records, long id, Map<String, Object> values) {
        GroupId group = new GroupId(id);
        Value commands = new Value(OdooFault.Kind.VALIDATION, "Field 'users'", values.get(USERS));
        List<Long> before = users(records, group);
        List<Long> after = Commands.applied(commands, before);
        Members members = records.members();
        for (Long user : after) {
            if (!before.contains(user)) {
                List<GroupId> groups = groups(members, user);
                groups.add(group);
                members.setGroups(new MemberId(user), groups);
            }
        }
        for (Long user : before) {
            if (!after.contains(user)) {
                List<GroupId> groups = groups(members, user);
                groups.remove(group);
                members.setGroups(new MemberId(user), groups);
            }
        }
    }

    private static List<GroupId> groups(Members members, long user) {
        List<GroupId> groups = new ArrayList<>();
        members.groups(new MemberId(user)).forEach(group -> groups.add(group.id()));
        return groups;
    }
}
