// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.access.DatabaseRecords;
import dev.allotment.access.Group;
import dev.allotment.access.GroupId;
import dev.allotment.access.Member;
import dev.allotment.access.MemberChange;
import dev.allotment.access.MemberId;
import dev.allotment.access.NewMember;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Commands;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.OdooPasswords;
import dev.allotment.odoo.internal.shared.UserContext;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code res.users} of a tenant database: its members. */
final class MemberModel {
    static final String NAME = "res.users";

    private static final String GROUPS_FIELD = "groups_id";
    private static final String LANG = "en_US";
    private static final String ZONE = "UTC";
    private static final Member BLANK = Member.builder("", "").build();

    private MemberModel() {}

    static StoredModel<TenantDatabase, Member> model() {
        return new StoredModel<>(fields())
                .creating(StoredModel::inTenantTransaction, MemberModel::create)
                .updating(StoredModel::inTenantTransaction, MemberModel::write)
                .removing(
                        StoredModel::inTenantTransaction,
                        (DatabaseRecords records, long id) -> records.members().delete(new MemberId(id)))
                .method(
                        "change_password",
                        MethodSignature.required("old_passwd", "new_passwd").withContextByPosition(),
                        (caller, arguments) -> OdooPasswords.change(
                                arguments,
                                (old, newPassword) -> caller.view()
                                        .members()
                                        .changePassword(new MemberId(caller.uid()), old, newPassword)))
                .method(
                        "has_group",
                        MethodSignature.required("group_ext_id"),
                        (caller, arguments) -> caller.view()
                                .members()
                                .inGroup(
                                        new MemberId(caller.uid()),
                                        arguments.get("group_ext_id").text()))
                .method("context_get", MethodSignature.none().withContextByPosition(), (caller, arguments) -> {
                    Member member = caller.view().members().get(new MemberId(caller.uid()));
                    return UserContext.of(member.lang(), member.tz(), caller.uid());
                });
    }

    private static ModelTableBuilder<TenantDatabase, Member> fields() {
        return new ModelTableBuilder<TenantDatabase, Member>(
                        NAME, TenantDatabase::members, member -> member.id().value())
                .named(Member::name, "name", "login")
                .ordered("name", "login")
                .text(
                        "login",
                        "Login",
                        "login",
                        Member::login,
                        (member, login) -> member.toBuilder()
                                .login(OdooTexts.orEmpty(login))
                                .build())
                .text(
                        "name",
                        "Name",
                        "name",
                        Member::name,
                        (member, name) ->
                                member.toBuilder().name(OdooTexts.orEmpty(name)).build())
                .text(
                        "email",
                        "Email",
                        "email",
                        Member::email,
                        (member, value) -> member.toBuilder().email(value).build())
                .flag(
                        "active",
                        "Active",
                        "active",
                        Member::active,
                        (member, value) -> member.toBuilder().active(value).build())
                .flag(
                        "share",
                        "Share User",
                        "share",
                        Member::share,
                        (member, value) -> member.toBuilder().share(value).build())
                .field(groups())
                .reference(
                        "partner_id",
                        "Related Partner",
                        MemberPartnerModel.NAME,
                        "id",
                        member -> member.id().value())
                .text(
                        "lang",
                        "Language",
                        "lang",
                        Member::lang,
                        (member, lang) -> member.toBuilder()
                                .lang(OdooTexts.or(lang, LANG))
                                .build())
                .text(
                        "tz",
                        "Timezone",
                        "tz",
                        Member::tz,
                        (member, zone) ->
                                member.toBuilder().tz(OdooTexts.or(zone, ZONE)).build())
                .instant("create_date", "Created on", "createdAt", Member::createdAt)
                .instant("login_date", "Latest authentication", "lastLoginAt", Member::lastLoginAt)
                .field(OdooPasswords.field());
    }

    private static Field<TenantDatabase, Member> groups() {
        return Field.<TenantDatabase, Member>of(
                        GROUPS_FIELD,
                        FieldType.MANY2MANY,
                        "Groups",
                        null,
                        ModelTableBuilder.each(
                                (caller, member) -> ids(caller.view().members().groups(member.id()))))
                .referringTo(GroupModel.NAME)
                .searched(References.many(
                        GroupModel.NAME,
                        (caller, groups) -> membersOf(
                                caller, groups.stream().map(GroupId::new).toList()),
                        caller -> membersOf(
                                caller,
                                caller.view().groups().list(Query.all()).stream()
                                        .map(Group::id)
                                        .toList())))
                // Groups are not part of the record; create and write set them separately.
                .written((member, commands) -> member);
    }

    private static long create(DatabaseRecords records, UnaryOperator<Member> change, Map<String, Object> values) {
        Member written = change.apply(BLANK);
        UnaryOperator<List<GroupId>> groups = groups(values);
        NewMember member = NewMember.builder(written.login(), written.name())
                .password(OdooPasswords.in(values))
                .email(written.email())
                .active(written.active())
                .share(written.share())
                .groups(groups == null ? UnaryOperator.identity() : groups)
                .lang(written.lang())
                .tz(written.tz())
                .build();
        return records.members().create(member).id().value();
    }

    private static void write(
            DatabaseRecords records, long id, UnaryOperator<Member> change, Map<String, Object> values) {
        OdooTexts.requireNotEmptied(values, "lang", "tz");
        records.members()
                .update(
                        new MemberId(id),
                        MemberChange.builder()
                                .record(change)
                                .groups(groups(values))
                                .password(OdooPasswords.toWrite(values))
                                .build());
    }

    /** Returns the change that the written commands make to the groups, or null if none are written. */
    private static @Nullable UnaryOperator<List<GroupId>> groups(Map<String, Object> values) {
        if (!values.containsKey(GROUPS_FIELD)) {
            return null;
        }
        Value commands = new Value(OdooFault.Kind.VALIDATION, "Field 'groups_id'", values.get(GROUPS_FIELD));
        return before -> Commands.applied(
                        commands, before.stream().map(GroupId::value).toList())
                .stream()
                .map(GroupId::new)
                .toList();
    }

    private static Filter<Member> membersOf(OdooCaller<TenantDatabase> caller, List<GroupId> groups) {
        List<MemberId> members = new ArrayList<>();
        groups.forEach(group -> members.addAll(caller.view().groups().members(group)));
        return Filter.in(Member.ID, members.stream().distinct().toList());
    }

    private static List<Object> ids(List<Group> groups) {
        List<Object> ids = new ArrayList<>();
        groups.forEach(group -> ids.add(group.id().value()));
        return ids;
    }
}
