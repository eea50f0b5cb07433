/// Every schema.
///
/// Model: device `dtmi:com:example:EverySchema;1`, `codegen/tests/models/every_schema.v4.json:3:3`
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub mod every_schema {
    use ::device_model::__private as __rt;
    /// The id of the model.
    pub const MODEL_ID: &str = "dtmi:com:example:EverySchema;1";
    /// The device's way to the hub: cheap to clone, usable from any task.
    pub type Client = __rt::TypedClient<__rt::Nothing, Reported>;
    /// State the device reports. What is `None` stays as it was.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Reported {
        /// The property `aBoolean`.
        ///
        /// Model: property `aBoolean`, `codegen/tests/models/every_schema.v4.json:7:36`
        pub a_boolean: Option<bool>,
        /// The property `aByte`.
        ///
        /// Model: property `aByte`, `codegen/tests/models/every_schema.v4.json:8:36`
        pub a_byte: Option<i8>,
        /// The property `aShort`.
        ///
        /// Model: property `aShort`, `codegen/tests/models/every_schema.v4.json:9:36`
        pub a_short: Option<i16>,
        /// The property `anInteger`.
        ///
        /// Model: property `anInteger`, `codegen/tests/models/every_schema.v4.json:10:36`
        pub an_integer: Option<i32>,
        /// The property `aLong`.
        ///
        /// Model: property `aLong`, `codegen/tests/models/every_schema.v4.json:11:36`
        pub a_long: Option<i64>,
        /// The property `anUnsignedByte`.
        ///
        /// Model: property `anUnsignedByte`, `codegen/tests/models/every_schema.v4.json:12:36`
        pub an_unsigned_byte: Option<u8>,
        /// The property `anUnsignedShort`.
        ///
        /// Model: property `anUnsignedShort`, `codegen/tests/models/every_schema.v4.json:13:36`
        pub an_unsigned_short: Option<u16>,
        /// The property `anUnsignedInteger`.
        ///
        /// Model: property `anUnsignedInteger`, `codegen/tests/models/every_schema.v4.json:14:36`
        pub an_unsigned_integer: Option<u32>,
        /// The property `anUnsignedLong`.
        ///
        /// Model: property `anUnsignedLong`, `codegen/tests/models/every_schema.v4.json:15:36`
        pub an_unsigned_long: Option<u64>,
        /// The property `aFloat`.
        ///
        /// Model: property `aFloat`, `codegen/tests/models/every_schema.v4.json:16:36`
        pub a_float: Option<f32>,
        /// The property `aDouble`.
        ///
        /// Model: property `aDouble`, `codegen/tests/models/every_schema.v4.json:17:36`
        pub a_double: Option<f64>,
        /// The property `aDecimal`.
        ///
        /// Model: property `aDecimal`, `codegen/tests/models/every_schema.v4.json:18:36`
        pub a_decimal: Option<__rt::value::Decimal>,
        /// The property `aScaledDecimal`.
        ///
        /// Model: property `aScaledDecimal`, `codegen/tests/models/every_schema.v4.json:19:36`
        pub a_scaled_decimal: Option<__rt::value::ScaledDecimal>,
        /// The property `aString`.
        ///
        /// Model: property `aString`, `codegen/tests/models/every_schema.v4.json:20:36`
        pub a_string: Option<String>,
        /// The property `bytes`.
        ///
        /// Model: property `bytes`, `codegen/tests/models/every_schema.v4.json:21:36`
        pub bytes: Option<__rt::value::Bytes>,
        /// The property `aUuid`.
        ///
        /// Model: property `aUuid`, `codegen/tests/models/every_schema.v4.json:22:36`
        pub a_uuid: Option<__rt::value::Uuid>,
        /// The property `aDate`.
        ///
        /// Model: property `aDate`, `codegen/tests/models/every_schema.v4.json:23:36`
        pub a_date: Option<__rt::time::Date>,
        /// The property `aTime`.
        ///
        /// Model: property `aTime`, `codegen/tests/models/every_schema.v4.json:24:36`
        pub a_time: Option<__rt::time::Time>,
        /// The property `aDateTime`.
        ///
        /// Model: property `aDateTime`, `codegen/tests/models/every_schema.v4.json:25:36`
        pub a_date_time: Option<__rt::time::DateTime>,
        /// The property `aDuration`.
        ///
        /// Model: property `aDuration`, `codegen/tests/models/every_schema.v4.json:26:36`
        pub a_duration: Option<__rt::time::Duration>,
        /// The property `aPoint`.
        ///
        /// Model: property `aPoint`, `codegen/tests/models/every_schema.v4.json:27:36`
        pub a_point: Option<__rt::geo::Point>,
        /// The property `aMultiPoint`.
        ///
        /// Model: property `aMultiPoint`, `codegen/tests/models/every_schema.v4.json:28:36`
        pub a_multi_point: Option<__rt::geo::MultiPoint>,
        /// The property `aLineString`.
        ///
        /// Model: property `aLineString`, `codegen/tests/models/every_schema.v4.json:29:36`
        pub a_line_string: Option<__rt::geo::LineString>,
        /// The property `aMultiLineString`.
        ///
        /// Model: property `aMultiLineString`, `codegen/tests/models/every_schema.v4.json:30:36`
        pub a_multi_line_string: Option<__rt::geo::MultiLineString>,
        /// The property `aPolygon`.
        ///
        /// Model: property `aPolygon`, `codegen/tests/models/every_schema.v4.json:31:36`
        pub a_polygon: Option<__rt::geo::Polygon>,
        /// The property `aMultiPolygon`.
        ///
        /// Model: property `aMultiPolygon`, `codegen/tests/models/every_schema.v4.json:32:36`
        pub a_multi_polygon: Option<__rt::geo::MultiPolygon>,
    }
    impl __rt::Serialize for Reported {
        fn serialize<S: __rt::Serializer>(
            &self,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            let mut object = __rt::ObjectWriter::new(serializer)?;
            object.field("aBoolean", &self.a_boolean)?;
            object.field("aByte", &self.a_byte)?;
            object.field("aShort", &self.a_short)?;
            object.field("anInteger", &self.an_integer)?;
            object.field("aLong", &self.a_long)?;
            object.field("anUnsignedByte", &self.an_unsigned_byte)?;
            object.field("anUnsignedShort", &self.an_unsigned_short)?;
            object.field("anUnsignedInteger", &self.an_unsigned_integer)?;
            object.field("anUnsignedLong", &self.an_unsigned_long)?;
            object.field("aFloat", &self.a_float)?;
            object.field("aDouble", &self.a_double)?;
            object.field("aDecimal", &self.a_decimal)?;
            object.field("aScaledDecimal", &self.a_scaled_decimal)?;
            object.field("aString", &self.a_string)?;
            object.field("bytes", &self.bytes)?;
            object.field("aUuid", &self.a_uuid)?;
            object.field("aDate", &self.a_date)?;
            object.field("aTime", &self.a_time)?;
            object.field("aDateTime", &self.a_date_time)?;
            object.field("aDuration", &self.a_duration)?;
            object.field("aPoint", &self.a_point)?;
            object.field("aMultiPoint", &self.a_multi_point)?;
            object.field("aLineString", &self.a_line_string)?;
            object.field("aMultiLineString", &self.a_multi_line_string)?;
            object.field("aPolygon", &self.a_polygon)?;
            object.field("aMultiPolygon", &self.a_multi_polygon)?;
            object.end()
        }
    }
    /// What an operator can set: `Ok` is the value now in force, which is acknowledged; `Err` refuses it.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` does not take the writable properties of the model `dtmi:com:example:EverySchema;1`",
        label = "needs `impl every_schema::Properties for {Self}`",
        note = "write it with an empty body, and the compiler lists the methods it needs"
    )]
    pub trait Properties: Send + Sync + 'static {
        /// The property `aBoolean`.
        ///
        /// Model: property `aBoolean`, `codegen/tests/models/every_schema.v4.json:7:36`
        fn set_a_boolean(
            &self,
            a_boolean: bool,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<bool, __rt::PropertyError>> + Send;
        /// The property `aByte`.
        ///
        /// Model: property `aByte`, `codegen/tests/models/every_schema.v4.json:8:36`
        fn set_a_byte(
            &self,
            a_byte: i8,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<i8, __rt::PropertyError>> + Send;
        /// The property `aShort`.
        ///
        /// Model: property `aShort`, `codegen/tests/models/every_schema.v4.json:9:36`
        fn set_a_short(
            &self,
            a_short: i16,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<i16, __rt::PropertyError>> + Send;
        /// The property `anInteger`.
        ///
        /// Model: property `anInteger`, `codegen/tests/models/every_schema.v4.json:10:36`
        fn set_an_integer(
            &self,
            an_integer: i32,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<i32, __rt::PropertyError>> + Send;
        /// The property `aLong`.
        ///
        /// Model: property `aLong`, `codegen/tests/models/every_schema.v4.json:11:36`
        fn set_a_long(
            &self,
            a_long: i64,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<i64, __rt::PropertyError>> + Send;
        /// The property `anUnsignedByte`.
        ///
        /// Model: property `anUnsignedByte`, `codegen/tests/models/every_schema.v4.json:12:36`
        fn set_an_unsigned_byte(
            &self,
            an_unsigned_byte: u8,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<u8, __rt::PropertyError>> + Send;
        /// The property `anUnsignedShort`.
        ///
        /// Model: property `anUnsignedShort`, `codegen/tests/models/every_schema.v4.json:13:36`
        fn set_an_unsigned_short(
            &self,
            an_unsigned_short: u16,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<u16, __rt::PropertyError>> + Send;
        /// The property `anUnsignedInteger`.
        ///
        /// Model: property `anUnsignedInteger`, `codegen/tests/models/every_schema.v4.json:14:36`
        fn set_an_unsigned_integer(
            &self,
            an_unsigned_integer: u32,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<u32, __rt::PropertyError>> + Send;
        /// The property `anUnsignedLong`.
        ///
        /// Model: property `anUnsignedLong`, `codegen/tests/models/every_schema.v4.json:15:36`
        fn set_an_unsigned_long(
            &self,
            an_unsigned_long: u64,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<u64, __rt::PropertyError>> + Send;
        /// The property `aFloat`.
        ///
        /// Model: property `aFloat`, `codegen/tests/models/every_schema.v4.json:16:36`
        fn set_a_float(
            &self,
            a_float: f32,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<f32, __rt::PropertyError>> + Send;
        /// The property `aDouble`.
        ///
        /// Model: property `aDouble`, `codegen/tests/models/every_schema.v4.json:17:36`
        fn set_a_double(
            &self,
            a_double: f64,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<f64, __rt::PropertyError>> + Send;
        /// The property `aDecimal`.
        ///
        /// Model: property `aDecimal`, `codegen/tests/models/every_schema.v4.json:18:36`
        fn set_a_decimal(
            &self,
            a_decimal: __rt::value::Decimal,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::value::Decimal, __rt::PropertyError>,
        > + Send;
        /// The property `aScaledDecimal`.
        ///
        /// Model: property `aScaledDecimal`, `codegen/tests/models/every_schema.v4.json:19:36`
        fn set_a_scaled_decimal(
            &self,
            a_scaled_decimal: __rt::value::ScaledDecimal,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::value::ScaledDecimal, __rt::PropertyError>,
        > + Send;
        /// The property `aString`.
        ///
        /// Model: property `aString`, `codegen/tests/models/every_schema.v4.json:20:36`
        fn set_a_string(
            &self,
            a_string: String,
            client: &Client,
        ) -> impl __rt::Future<Output = Result<String, __rt::PropertyError>> + Send;
        /// The property `bytes`.
        ///
        /// Model: property `bytes`, `codegen/tests/models/every_schema.v4.json:21:36`
        fn set_bytes(
            &self,
            bytes: __rt::value::Bytes,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::value::Bytes, __rt::PropertyError>,
        > + Send;
        /// The property `aUuid`.
        ///
        /// Model: property `aUuid`, `codegen/tests/models/every_schema.v4.json:22:36`
        fn set_a_uuid(
            &self,
            a_uuid: __rt::value::Uuid,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::value::Uuid, __rt::PropertyError>,
        > + Send;
        /// The property `aDate`.
        ///
        /// Model: property `aDate`, `codegen/tests/models/every_schema.v4.json:23:36`
        fn set_a_date(
            &self,
            a_date: __rt::time::Date,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::time::Date, __rt::PropertyError>,
        > + Send;
        /// The property `aTime`.
        ///
        /// Model: property `aTime`, `codegen/tests/models/every_schema.v4.json:24:36`
        fn set_a_time(
            &self,
            a_time: __rt::time::Time,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::time::Time, __rt::PropertyError>,
        > + Send;
        /// The property `aDateTime`.
        ///
        /// Model: property `aDateTime`, `codegen/tests/models/every_schema.v4.json:25:36`
        fn set_a_date_time(
            &self,
            a_date_time: __rt::time::DateTime,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::time::DateTime, __rt::PropertyError>,
        > + Send;
        /// The property `aDuration`.
        ///
        /// Model: property `aDuration`, `codegen/tests/models/every_schema.v4.json:26:36`
        fn set_a_duration(
            &self,
            a_duration: __rt::time::Duration,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::time::Duration, __rt::PropertyError>,
        > + Send;
        /// The property `aPoint`.
        ///
        /// Model: property `aPoint`, `codegen/tests/models/every_schema.v4.json:27:36`
        fn set_a_point(
            &self,
            a_point: __rt::geo::Point,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::Point, __rt::PropertyError>,
        > + Send;
        /// The property `aMultiPoint`.
        ///
        /// Model: property `aMultiPoint`, `codegen/tests/models/every_schema.v4.json:28:36`
        fn set_a_multi_point(
            &self,
            a_multi_point: __rt::geo::MultiPoint,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::MultiPoint, __rt::PropertyError>,
        > + Send;
        /// The property `aLineString`.
        ///
        /// Model: property `aLineString`, `codegen/tests/models/every_schema.v4.json:29:36`
        fn set_a_line_string(
            &self,
            a_line_string: __rt::geo::LineString,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::LineString, __rt::PropertyError>,
        > + Send;
        /// The property `aMultiLineString`.
        ///
        /// Model: property `aMultiLineString`, `codegen/tests/models/every_schema.v4.json:30:36`
        fn set_a_multi_line_string(
            &self,
            a_multi_line_string: __rt::geo::MultiLineString,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::MultiLineString, __rt::PropertyError>,
        > + Send;
        /// The property `aPolygon`.
        ///
        /// Model: property `aPolygon`, `codegen/tests/models/every_schema.v4.json:31:36`
        fn set_a_polygon(
            &self,
            a_polygon: __rt::geo::Polygon,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::Polygon, __rt::PropertyError>,
        > + Send;
        /// The property `aMultiPolygon`.
        ///
        /// Model: property `aMultiPolygon`, `codegen/tests/models/every_schema.v4.json:32:36`
        fn set_a_multi_polygon(
            &self,
            a_multi_polygon: __rt::geo::MultiPolygon,
            client: &Client,
        ) -> impl __rt::Future<
            Output = Result<__rt::geo::MultiPolygon, __rt::PropertyError>,
        > + Send;
    }
    #[doc(hidden)]
    pub const fn __part(component: Option<&'static str>) -> __rt::PartTable {
        __rt::PartTable {
            component,
            telemetry: &[],
            properties: const {
                &[
                    __rt::writable("aBoolean"),
                    __rt::writable("aByte"),
                    __rt::writable("aShort"),
                    __rt::writable("anInteger"),
                    __rt::writable("aLong"),
                    __rt::writable("anUnsignedByte"),
                    __rt::writable("anUnsignedShort"),
                    __rt::writable("anUnsignedInteger"),
                    __rt::writable("anUnsignedLong"),
                    __rt::writable("aFloat"),
                    __rt::writable("aDouble"),
                    __rt::writable("aDecimal"),
                    __rt::writable("aScaledDecimal"),
                    __rt::writable("aString"),
                    __rt::writable("bytes"),
                    __rt::writable("aUuid"),
                    __rt::writable("aDate"),
                    __rt::writable("aTime"),
                    __rt::writable("aDateTime"),
                    __rt::writable("aDuration"),
                    __rt::writable("aPoint"),
                    __rt::writable("aMultiPoint"),
                    __rt::writable("aLineString"),
                    __rt::writable("aMultiLineString"),
                    __rt::writable("aPolygon"),
                    __rt::writable("aMultiPolygon"),
                ]
            },
            commands: const { &[] },
        }
    }
    #[doc(hidden)]
    pub async fn __desired<D: Properties>(
        device: &D,
        change: __rt::DesiredChange<'_>,
        client: &Client,
    ) -> __rt::DesiredOutcome {
        match change.name() {
            "aBoolean" => {
                __rt::in_force(device.set_a_boolean(change.value()?, client).await?)
            }
            "aByte" => __rt::in_force(device.set_a_byte(change.value()?, client).await?),
            "aShort" => {
                __rt::in_force(device.set_a_short(change.value()?, client).await?)
            }
            "anInteger" => {
                __rt::in_force(device.set_an_integer(change.value()?, client).await?)
            }
            "aLong" => __rt::in_force(device.set_a_long(change.value()?, client).await?),
            "anUnsignedByte" => {
                __rt::in_force(
                    device.set_an_unsigned_byte(change.value()?, client).await?,
                )
            }
            "anUnsignedShort" => {
                __rt::in_force(
                    device.set_an_unsigned_short(change.value()?, client).await?,
                )
            }
            "anUnsignedInteger" => {
                __rt::in_force(
                    device.set_an_unsigned_integer(change.value()?, client).await?,
                )
            }
            "anUnsignedLong" => {
                __rt::in_force(
                    device.set_an_unsigned_long(change.value()?, client).await?,
                )
            }
            "aFloat" => {
                __rt::in_force(device.set_a_float(change.value()?, client).await?)
            }
            "aDouble" => {
                __rt::in_force(device.set_a_double(change.value()?, client).await?)
            }
            "aDecimal" => {
                __rt::in_force(device.set_a_decimal(change.value()?, client).await?)
            }
            "aScaledDecimal" => {
                __rt::in_force(
                    device.set_a_scaled_decimal(change.value()?, client).await?,
                )
            }
            "aString" => {
                __rt::in_force(device.set_a_string(change.value()?, client).await?)
            }
            "bytes" => __rt::in_force(device.set_bytes(change.value()?, client).await?),
            "aUuid" => __rt::in_force(device.set_a_uuid(change.value()?, client).await?),
            "aDate" => __rt::in_force(device.set_a_date(change.value()?, client).await?),
            "aTime" => __rt::in_force(device.set_a_time(change.value()?, client).await?),
            "aDateTime" => {
                __rt::in_force(device.set_a_date_time(change.value()?, client).await?)
            }
            "aDuration" => {
                __rt::in_force(device.set_a_duration(change.value()?, client).await?)
            }
            "aPoint" => {
                __rt::in_force(device.set_a_point(change.value()?, client).await?)
            }
            "aMultiPoint" => {
                __rt::in_force(device.set_a_multi_point(change.value()?, client).await?)
            }
            "aLineString" => {
                __rt::in_force(device.set_a_line_string(change.value()?, client).await?)
            }
            "aMultiLineString" => {
                __rt::in_force(
                    device.set_a_multi_line_string(change.value()?, client).await?,
                )
            }
            "aPolygon" => {
                __rt::in_force(device.set_a_polygon(change.value()?, client).await?)
            }
            "aMultiPolygon" => {
                __rt::in_force(
                    device.set_a_multi_polygon(change.value()?, client).await?,
                )
            }
            _ => change.unknown(),
        }
    }
}
#[allow(unused_qualifications)]
const _: () = {
    use ::device_model::__private as __rt;
    impl ::device_model::Device for EverySchema {
        type Client = every_schema::Client;
        const MODEL: __rt::ModelTable = __rt::ModelTable {
            id: every_schema::MODEL_ID,
            convention: __rt::Convention::Pnp,
            parts: &[every_schema::__part(::core::option::Option::None)],
        };
        async fn __command(
            &self,
            call: __rt::CommandCall<'_>,
            client: &__rt::Client,
        ) -> __rt::CommandOutcome {
            {
                let _ = client;
                call.unknown()
            }
        }
        async fn __desired(
            &self,
            change: __rt::DesiredChange<'_>,
            client: &__rt::Client,
        ) -> __rt::DesiredOutcome {
            every_schema::__desired(self, change, &client.clone().into()).await
        }
    }
};
