use serde_json::{Value, json};

/// A source of chance that a seed repeats (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    /// True in so many of a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A value that an operation may not have thought of.
    pub(super) fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth > 0 { 24 } else { 20 }) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(-1),
            3 => json!(0),
            4 => json!(u64::MAX),
            5 => json!(i64::MIN),
            6 => json!(1e308),
            7 => json!(0.1),
            8 => json!(""),
            9 => json!(" "),
            10 => json!("a".repeat(1 << self.below(17))),
            11 => json!("\u{0}\u{1f}\u{7f}"),
            12 => json!("ünïcödé \u{1F980} \u{202e}"),
            13 => json!("../../../etc/passwd"),
            14 => json!("arn:aws:iam::111122223333:role/app"),
            15 => json!("arn:::::::::::"),
            16 => json!("%00%zz%"),
            17 => json!("${${stageVariables.x}}#set($x=$x)#foreach($i in [1..99999999])#end"),
            18 => json!("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"),
            19 => json!(format!("{}x{}", "(".repeat(300), ")".repeat(300))),
            20 => json!([]),
            21 => json!({}),
            22 => Value::Array((0..self.below(40)).map(|_| self.value(depth - 1)).collect()),
            _ => {
                Value::Object((0..self.below(6)).map(|n| (format!("k{n}"), self.value(depth - 1))).collect())
            }
        }
    }

    /// Replaces, removes or doubles something somewhere in a tree.
    pub(super) fn disturb(&mut self, tree: &mut Value) {
        match tree {
            Value::Object(members) if !members.is_empty() => {
                let at = self.below(members.len());
                let name = members.keys().nth(at).unwrap().clone();
                match self.below(6) {
                    0 => drop(members.remove(&name)),
                    1 => {
                        let value = members[&name].clone();
                        members.insert(format!("{name}x"), value);
                    }
                    2 => drop(members.insert(name, self.value(3))),
                    _ => self.disturb(members.get_mut(&name).unwrap()),
                }
            }
            Value::Array(values) if !values.is_empty() => {
                let at = self.below(values.len());
                match self.below(5) {
                    0 => drop(values.remove(at)),
                    1 => {
                        let value = values[at].clone();
                        values.extend(std::iter::repeat_n(value, 300));
                    }
                    _ => self.disturb(&mut values[at]),
                }
            }
            Value::String(text) if self.chance(60) && !text.is_empty() => {
                let mut letters: Vec<char> = text.chars().collect();
                let at = self.below(letters.len());
                match self.below(4) {
                    0 => letters.truncate(at),
                    1 => letters[at] = ['"', '\\', '{', ')', '*', '$', ':', '\u{0}', 'é'][self.below(9)],
                    2 => drop(letters.splice(at..at, "((((#:a,[".chars())),
                    _ => drop(letters.remove(at)),
                }
                *text = letters.into_iter().collect();
            }
            other => *other = self.value(3),
        }
    }

    /// Spoils bytes: flips, cuts, doubles, foreign ones.
    pub(super) fn spoil(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            bytes.extend_from_slice(b"\xff\xfe{");
            return;
        }
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes.truncate(at + 1),
                1 => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.splice(at..at, [0xc3, 0x28])),
                3 => drop(bytes.splice(at..at, *b"%zz%")),
                4 => bytes[at] = b"\"{}[]&=%,:\\<>\0"[self.below(14)],
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                return;
            }
        }
    }
}
