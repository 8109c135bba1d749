//! The window's types, written from the Rust ones.

use std::collections::BTreeMap;

use projections::metric::Metric;
use ts_rs::TS;

#[allow(unused_imports, reason = "the list of verbs names the types of questions and answers")]
use super::*;
use crate::with_verbs;

/// The TypeScript of every type that crosses to the window, and of the verbs; the text of `ui/src/bindings.ts`.
#[must_use]
pub fn bindings() -> String {
    let config = ts_rs::Config::new();
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    let mut verbs = String::new();
    macro_rules! each {
        ($($name:ident: $question:ty => $answer:ty,)+) => {
            $(
                collect::<$question>(&config, &mut types);
                collect::<$answer>(&config, &mut types);
                verbs.push_str(&format!(
                    "  {}: {{ question: {}; answer: {} }};\n",
                    stringify!($name), <$question as TS>::name(&config), <$answer as TS>::name(&config),
                ));
            )+
        };
    }
    with_verbs!(each);
    collect::<WindowError>(&config, &mut types);
    collect::<Metric>(&config, &mut types);
    let mut text = String::from(
        "// Written from the Rust types by `UPDATE_EXPECT=1 cargo test -p tests --test bindings`. Never edited.\n\n",
    );
    for declaration in types.values() {
        text.push_str(declaration);
        text.push('\n');
    }
    text.push_str("\n/** Every verb with its question and its answer. */\nexport type Verbs = {\n");
    text.push_str(&verbs);
    text.push_str("};\n");
    text
}

struct Visit<'a>(&'a ts_rs::Config, &'a mut BTreeMap<String, String>);

impl ts_rs::TypeVisitor for Visit<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        collect::<T>(self.0, self.1);
    }
}

fn collect<T: TS + 'static + ?Sized>(config: &ts_rs::Config, types: &mut BTreeMap<String, String>) {
    if T::output_path().is_some() {
        let declaration = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(config));
        if let Some(known) = types.get(&T::ident(config)) {
            assert_eq!(*known, declaration, "two types are called {}: rename one for the window", T::ident(config));
            return;
        }
        types.insert(T::ident(config), declaration);
    }
    T::visit_dependencies(&mut Visit(config, types));
    T::visit_generics(&mut Visit(config, types));
}
