// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The inverse of a reference: which records refer to a record. */
public final class Inverse {
    private Inverse() {}

    /**
     * Returns, for each target, the ids of the sources that refer to it.
     *
     * @param key the value in a source that refers to a target
     * @param number the id of a source
     * @param id the value in a target that sources refer to
     */
    public static <S, T, K> List<Object> of(
            List<S> sources,
            List<T> targets,
            Function<S, @Nullable K> key,
            ToLongFunction<S> number,
            Function<T, K> id) {
        Map<@Nullable K, List<Object>> numbers = new HashMap<>();
        for (S source : sources) {
            numbers.computeIfAbsent(key.apply(source), each -> new ArrayList<>())
                    .add(number.applyAsLong(source));
        }
        List<Object> result = new ArrayList<>();
        targets.forEach(target -> result.add(numbers.getOrDefault(id.apply(target), List.of())));
        return result;
    }
}
