use std::collections::BTreeMap;

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, MapAccess, SeqAccess,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};
use serde_json::{Map, Value};

use super::{Fill, Lenient, Read, Seed, Tolerant};

/// Keeps a value that is neither an array nor an object in `self.0.rest`.
macro_rules! keep_scalars {
    () => {
        keep_scalars! { boolean(bool) integer(i64) unsigned(u64) float(f64) text(&str) }
    };
    ($($method:ident($type:ty))*) => {$(
        fn $method(&mut self, value: $type) {
            self.0.rest = Some(value.into());
        }
    )*};
}

pub(super) use keep_scalars;

/// Accepts any value.
impl Tolerant for Value {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        let value = Some(Self::deserialize(deserializer)?);
        Ok(Read {
            value: value.filter(|value| !value.is_null()),
            rest: None,
        })
    }
}

/// Omits elements that cannot be read, and keeps them in [`Read::rest`].
impl<T: Tolerant> Tolerant for Vec<T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        let mut list = ListTarget(Read::default());
        Fill(&mut list).deserialize(deserializer)?;
        Ok(list.0)
    }
}

struct ListTarget<T>(Read<Vec<T>>);

impl<'de, T: Tolerant> Lenient<'de> for ListTarget<T> {
    keep_scalars!();

    fn list<A: SeqAccess<'de>>(&mut self, mut list: A) -> Result<(), A::Error> {
        let (mut values, mut rest) = (Vec::new(), Vec::new());
        while let Some(read) = list.next_element_seed(Seed::<T>::default())? {
            values.extend(read.value);
            rest.extend(read.rest);
        }
        self.0.value = Some(values);
        self.0.rest = (!rest.is_empty()).then_some(Value::Array(rest));
        Ok(())
    }

    fn object<A: MapAccess<'de>>(&mut self, members: A) -> Result<(), A::Error> {
        self.0.rest = Some(Value::deserialize(MapAccessDeserializer::new(members))?);
        Ok(())
    }
}

/// Omits members that cannot be read, and keeps them in [`Read::rest`]. An empty array is read as
/// an empty object, because some JSON writers confuse the two.
impl<T: Tolerant> Tolerant for BTreeMap<String, T> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        let mut map = MapTarget(Read::default());
        Fill(&mut map).deserialize(deserializer)?;
        Ok(map.0)
    }
}

struct MapTarget<T>(Read<BTreeMap<String, T>>);

impl<'de, T: Tolerant> Lenient<'de> for MapTarget<T> {
    keep_scalars!();

    fn list<A: SeqAccess<'de>>(&mut self, list: A) -> Result<(), A::Error> {
        let elements = Vec::<Value>::deserialize(SeqAccessDeserializer::new(list))?;
        if elements.is_empty() {
            self.0.value = Some(BTreeMap::new());
        } else {
            self.0.rest = Some(Value::Array(elements));
        }
        Ok(())
    }

    fn object<A: MapAccess<'de>>(&mut self, mut members: A) -> Result<(), A::Error> {
        let (mut values, mut rest) = (BTreeMap::new(), Map::new());
        while let Some(name) = members.next_key::<String>()? {
            let read = members.next_value_seed(Seed::<T>::default())?;
            if let Some(left) = read.rest {
                rest.insert(name.clone(), left);
            }
            if let Some(value) = read.value {
                values.insert(name, value);
            }
        }
        self.0.value = Some(values);
        self.0.rest = (!rest.is_empty()).then_some(Value::Object(rest));
        Ok(())
    }
}
