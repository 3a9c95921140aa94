using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;

namespace MlHub.Server;

/// <summary>
/// An expression of CQL2 (OGC 21-065r2). Its value for an item is text, a number (<see cref="double"/>), true or false, <see cref="Moments"/>, a <see cref="Geometry"/>, a list
/// (<c>object?[]</c>), or null if it is unknown.
/// </summary>
internal abstract record Cql
{
    public abstract object? ValueFor(JsonElement item);

    /// <summary>Whether an item meets the expression. It does not if the value is unknown.</summary>
    public bool IsMetBy(JsonElement item) => ValueFor(item) is true;

    /// <summary>An expression that an item meets if it meets both. Null means no condition.</summary>
    public static Cql? And(Cql? left, Cql? right) => left is null ? right : right is null ? left : Operation.Create("and", [left, right]);

    internal sealed record Constant(object? Value) : Cql
    {
        public override object? ValueFor(JsonElement item) => Value;
    }

    internal sealed record Property(string Name) : Cql
    {
        // An item without a moment has an interval.
        public override object? ValueFor(JsonElement item) =>
            Fields.ValueOf(Fields.Find(item, Name)) ?? (Name is "datetime" or "properties.datetime" && Fields.TimeOf(item) is { } time ? time : null);
    }

    internal sealed record Operation : Cql
    {
        private readonly CqlOperator _operator;

        private Operation(string name, CqlOperator implementation, IReadOnlyList<Cql> arguments) => (Name, _operator, Arguments) = (name, implementation, arguments);

        public string Name { get; }

        public IReadOnlyList<Cql> Arguments { get; }

        /// <summary>An operation, after a check of the number of its arguments.</summary>
        /// <exception cref="InvalidFilterException">There is no such operator, or not with so many arguments.</exception>
        public static Cql Create(string name, IReadOnlyList<Cql> arguments)
        {
            var implementation = CqlOperator.Find(name) ?? throw new InvalidFilterException($"filter: '{name}' is not supported. Operators and functions are {CqlOperator.Names}.");
            if (arguments.Count < implementation.MinArguments || arguments.Count > implementation.MaxArguments)
            {
                throw new InvalidFilterException($"filter: '{name}' cannot have {arguments.Count} argument{(arguments.Count == 1 ? "" : "s")}.");
            }

            var lower = name.ToLowerInvariant();
            return lower == "s_intersects" && arguments is [var shape, Constant { Value: Geometry area }] ? new Intersects(shape, area) : new Operation(lower, implementation, arguments);
        }

        public override object? ValueFor(JsonElement item)
        {
            var values = new object?[Arguments.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Arguments[i].ValueFor(item);
            }

            return _operator.Apply(values);
        }
    }

    /// <summary>Whether a geometry has a point in common with an area that is the same for all items.</summary>
    internal sealed record Intersects(Cql Shape, Geometry Area) : Cql
    {
        private readonly IPreparedGeometry _area = PreparedGeometryFactory.Prepare(Area);

        public override object? ValueFor(JsonElement item)
        {
            if (Shape.ValueFor(item) is not Geometry shape)
            {
                return null;
            }

            try
            {
                return _area.Intersects(shape);
            }
            catch (Exception error) when (error is TopologyException or ArgumentException)
            {
                // A collection of geometries, or a shape that crosses itself.
                return CqlOperator.Intersect(Area, shape);
            }
        }
    }
}
