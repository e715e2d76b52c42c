// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.MainRecords;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.erasure.ErasureProof;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Inverse;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.shared.KeptFields;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code res.partner}: the customers that accounts act for and tenants belong to. */
final class PartnerModel {
    static final String NAME = "res.partner";

    private static final Customer BLANK = Customer.builder("").build();

    private static final KeptFields<Saas, Customer> KEPT = new KeptFields<>(
            NAME, customer -> customer.id().value(), Saas::parameters, Map.of("is_company", FieldType.BOOLEAN));

    private PartnerModel() {}

    static StoredModel<Saas, Customer> model() {
        return new StoredModel<>(fields())
                .creatingOnce(StoredModel::together, PartnerModel::create)
                .updating(
                        StoredModel::together,
                        (MainRecords records, long id, UnaryOperator<Customer> change, Map<String, Object> values) -> {
                            records.customers().update(new CustomerId(id), change);
                            KEPT.store(records.parameters(), id, values);
                        })
                .removing(StoredModel::together, (MainRecords records, long id) -> {
                    records.customers().delete(new CustomerId(id));
                    KEPT.forget(records.parameters(), id);
                })
                .onRecord(
                        "erase",
                        MethodSignature.required("ids").optional("confirm", AsyncCalls.NAME),
                        PartnerModel::erase)
                .method(
                        "proof_of_erasure",
                        MethodSignature.required("partner_id"),
                        (caller, arguments) -> proof(
                                caller,
                                new CustomerId(arguments.get("partner_id").id())));
    }

    /** Without a confirmation, this shows what would be erased. */
    private static Object erase(OdooCaller<Saas> caller, Customer customer, OdooArguments arguments) {
        Value confirm = arguments.get("confirm");
        Saas saas = caller.view();
        if (confirm.absent()) {
            Filter<Tenant> databases = Filter.and(
                    Filter.equal(Tenant.CUSTOMER_ID, customer.id()),
                    Filter.notEqual(Tenant.STATE, TenantState.DELETED));
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("name", customer.name());
            values.put("users", saas.accounts().count(Filter.equal(User.CUSTOMER_ID, customer.id())));
            values.put("clients", saas.tenants().count(databases));
            return values;
        }
        if (!confirm.text().equals(customer.name())) {
            throw confirm.wrong("the name of the customer, as erase returns it without this argument");
        }
        if (arguments.get(AsyncCalls.NAME).flag()) {
            return saas.async().eraseCustomer(customer.id()).id().value();
        }
        saas.erasures().erase(customer.id());
        return proof(caller, customer.id());
    }

    private static Object proof(OdooCaller<Saas> caller, CustomerId customer) {
        Optional<ErasureProof> proof = caller.view().erasures().proof(customer);
        return proof.isPresent() ? fields(proof.get()) : false;
    }

    private static Map<String, Object> fields(ErasureProof proof) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", proof.customer().value());
        fields.put("requested_by", proof.requestedBy());
        fields.put("requested_at", Timestamps.format(proof.requestedAt()));
        fields.put("erased_at", Timestamps.format(proof.erasedAt()));
        fields.put("users", proof.accounts());
        fields.put("clients", proof.tenants());
        fields.put("events", proof.events());
        fields.put("operations", proof.operations());
        fields.put("usage", proof.usage());
        fields.put("event", proof.event().toString());
        return fields;
    }

    private static ModelTableBuilder<Saas, Customer> fields() {
        return new ModelTableBuilder<Saas, Customer>(
                        NAME, Saas::customers, customer -> customer.id().value())
                .named(Customer::name, "name", "email")
                .ordered("name")
                .text(
                        "name",
                        "Name",
                        "name",
                        Customer::name,
                        (customer, name) -> customer.toBuilder()
                                .name(OdooTexts.orEmpty(name))
                                .build())
                .text(
                        "email",
                        "Email",
                        "email",
                        Customer::email,
                        (customer, value) -> customer.toBuilder().email(value).build())
                .flag(
                        "active",
                        "Active",
                        "active",
                        Customer::active,
                        (customer, value) -> customer.toBuilder().active(value).build())
                .field(Field.<Saas, Customer>of("user_ids", FieldType.ONE2MANY, "Users", null, PartnerModel::users)
                        .referringTo(UserModel.NAME)
                        .searched(References.many(
                                UserModel.NAME,
                                (caller, users) -> customersOf(
                                        caller,
                                        Filter.in(
                                                User.ID,
                                                users.stream().map(UserId::new).toList())),
                                caller -> customersOf(caller, Filter.all()))))
                .field(OdooAttributes.field(
                        Customer::attributes,
                        (customer, attributes) ->
                                customer.toBuilder().attributes(attributes).build()))
                .field(KEPT.field("is_company", "Is a Company"))
                .instant("create_date", "Created on", "createdAt", Customer::createdAt);
    }

    private static long create(
            MainRecords records, UnaryOperator<Customer> change, Map<String, Object> values, @Nullable String key) {
        long newest = key == null ? 0 : KEPT.newest(records.customers());
        long id = records.customers().create(change.apply(BLANK), key).id().value();
        if (id > newest) {
            KEPT.store(records.parameters(), id, values);
        }
        return id;
    }

    private static List<Object> users(OdooCaller<Saas> caller, List<Customer> customers, boolean named) {
        return Inverse.of(
                caller.view()
                        .accounts()
                        .list(Query.where(Filter.in(
                                User.CUSTOMER_ID,
                                customers.stream().map(Customer::id).toList()))),
                customers,
                User::customerId,
                user -> user.id().value(),
                Customer::id);
    }

    private static Filter<Customer> customersOf(OdooCaller<Saas> caller, Filter<User> users) {
        List<CustomerId> customers = new ArrayList<>();
        caller.view().accounts().list(Query.where(users)).forEach(user -> customers.add(user.customerId()));
        return Filter.in(Customer.ID, customers);
    }
}
