use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

use super::{Read, Seed, Tolerant};

/// What a visitor for a nested value does with a value that is not nested: hands it back.
macro_rules! hand_back_what_is_not_nested {
    () => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Read::null())
        }

        fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
            Ok(Read::rest(value.into()))
        }

        fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
            Ok(Read::rest(value.into()))
        }

        fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
            Ok(Read::rest(value.into()))
        }

        fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
            Ok(Read::rest(value.into()))
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Read::rest(text.into()))
        }
    };
}

pub(super) use hand_back_what_is_not_nested;

/// Anything at all.
impl Tolerant for Value {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        let value = Self::deserialize(deserializer)?;
        Ok(match value {
            Self::Null => Read::null(),
            value => Read::value(value),
        })
    }
}

/// Elements that cannot be read are left out, and handed back.
impl<T: Tolerant> Tolerant for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        deserializer.deserialize_any(VecVisitor(PhantomData))
    }
}

struct VecVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Tolerant> Visitor<'de> for VecVisitor<T> {
    type Value = Read<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let (mut values, mut rest) = (Vec::new(), Vec::new());
        while let Some(read) = seq.next_element_seed(Seed::<T>::new())? {
            values.extend(read.value);
            rest.extend(read.rest);
        }
        Ok(Read {
            value: Some(values),
            rest: (!rest.is_empty()).then_some(Value::Array(rest)),
        })
    }

    hand_back_what_is_not_nested!();

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(map)).map(Read::rest)
    }
}

/// Members that cannot be read are left out, and handed back. An empty array is an empty map: some writers of JSON do not
/// tell the two apart.
impl<T: Tolerant> Tolerant for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        deserializer.deserialize_any(MapVisitor(PhantomData))
    }
}

struct MapVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Tolerant> Visitor<'de> for MapVisitor<T> {
    type Value = Read<BTreeMap<String, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut values, mut rest) = (BTreeMap::new(), Map::new());
        while let Some(name) = map.next_key::<String>()? {
            let read = map.next_value_seed(Seed::<T>::new())?;
            if let Some(left) = read.rest {
                rest.insert(name.clone(), left);
            }
            if let Some(value) = read.value {
                values.insert(name, value);
            }
        }
        Ok(Read {
            value: Some(values),
            rest: (!rest.is_empty()).then_some(Value::Object(rest)),
        })
    }

    hand_back_what_is_not_nested!();

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        let elements = Vec::<Value>::deserialize(SeqAccessDeserializer::new(seq))?;
        Ok(if elements.is_empty() {
            Read::value(BTreeMap::new())
        } else {
            Read::rest(Value::Array(elements))
        })
    }
}
