use super::{Class, Export, Forget, Join, Key, Table, list_tables};

fn tables() -> impl Iterator<Item = &'static Table> {
    list_tables().into_iter()
}

fn is_personal(class: Class) -> bool {
    class != Class::Technical
}

#[test]
fn personal_columns_are_forgotten_with_their_rows_or_emptied() {
    for table in tables() {
        let is_deleted = table.forget.iter().any(|(_, how)| *how == Forget::Delete);
        for column in table.columns.iter().filter(|column| is_personal(column.class)) {
            assert!(!table.forget.is_empty(), "{}.{}: no row is found from a person", table.name, column.name);
            let is_emptied = table.forget.iter().any(|(_, how)| match how {
                Forget::Delete => true,
                Forget::Empty(columns) => columns.iter().any(|(name, _)| *name == column.name),
            });
            assert!(is_deleted || is_emptied, "{}.{} stays", table.name, column.name);
        }
        for (_, how) in table.forget {
            let Forget::Empty(columns) = how else { continue };
            for (name, assignment) in *columns {
                assert!(assignment.starts_with(&format!("{name} = ")), "{}: {assignment}", table.name);
                assert!(table.columns.iter().any(|column| column.name == *name), "{}.{name}", table.name);
            }
        }
    }
}

#[test]
fn rows_are_forgotten_before_those_by_which_they_are_found() {
    let position = |name: &str| tables().position(|table| table.name == name).unwrap();
    for table in tables() {
        for (key, _) in table.forget {
            let found_by = match key {
                Key::OwnerOf(_, parent) => parent,
                Key::Identity => "identities",
                Key::User(_) | Key::Target(_) | Key::Username(_) => "users",
                // Texts of messages: after those are gone.
                Key::Row(condition) if condition.contains("FROM messages") => {
                    assert!(position("messages") < position(table.name));
                    continue;
                }
                Key::Row(_) => continue,
            };
            assert!(position(table.name) <= position(found_by), "{} before {found_by}", table.name);
        }
    }
    let last = tables().filter(|table| !table.forget.is_empty()).last().unwrap();
    assert_eq!(last.name, "users", "whose deletion is counted");
}

#[test]
fn the_ways_of_a_table_fit_each_other() {
    for table in tables() {
        assert_eq!(table.forget.is_empty(), table.join == Join::Untouched, "{}", table.name);
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        for (key, _) in table.forget {
            match key {
                Key::User(column) | Key::Target(column) | Key::Username(column) | Key::OwnerOf(column, _) => {
                    assert!(has(column), "{}.{column}", table.name);
                }
                Key::Identity => assert!(has("appid") && has("openid"), "{}", table.name),
                Key::Row(_) => {}
            }
        }
        if let Join::Moves(keys) = table.join {
            assert!(keys.iter().all(|key| table.forget.iter().any(|(known, _)| known == key)), "{}", table.name);
        }
        let mut shown: Vec<&str> = table
            .columns
            .iter()
            .filter_map(|column| match column.class {
                Class::Shown(key) | Class::Address(key, _) => Some(key),
                Class::Withheld | Class::Technical => None,
            })
            .collect();
        assert_eq!(shown.is_empty(), table.export == Export::None, "{}", table.name);
        let many = shown.len();
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown.len(), many, "{}: two columns under one key", table.name);
    }
}
