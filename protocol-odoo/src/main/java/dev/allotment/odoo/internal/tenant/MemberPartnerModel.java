// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.tenant;

import dev.allotment.Filter;
import dev.allotment.access.Member;
import dev.allotment.access.MemberId;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import java.util.List;

/**
 * {@code res.partner} of a tenant database: the members as people, with the same numbers. Client libraries expect the
 * model in every database.
 */
final class MemberPartnerModel {
    static final String NAME = "res.partner";

    private MemberPartnerModel() {}

    static StoredModel<TenantDatabase, Member> model() {
        return new StoredModel<>(new ModelTableBuilder<TenantDatabase, Member>(
                        NAME, TenantDatabase::members, member -> member.id().value())
                .named(Member::name, "name")
                .ordered("name")
                .text("name", "Name", "name", Member::name)
                .text("email", "Email", "email", Member::email)
                .flag("active", "Active", "active", Member::active)
                .field(Field.<TenantDatabase, Member>of(
                                "user_ids",
                                FieldType.ONE2MANY,
                                "Users",
                                null,
                                ModelTableBuilder.plain(
                                        member -> List.of(member.id().value())))
                        .referringTo(MemberModel.NAME)
                        .searched(References.many(
                                MemberModel.NAME,
                                (caller, users) -> Filter.in(
                                        Member.ID,
                                        users.stream().map(MemberId::new).toList()),
                                caller -> Filter.all())))
                .instant("create_date", "Created on", "createdAt", Member::createdAt));
    }
}
